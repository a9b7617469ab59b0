/** A real Kubernetes control plane for tests, and a simulated one. See README.md. */
export { clientAuthority, clientCertificate } from './client-certificate.ts';
export { ClusterAccess, type TestUser, testUsers } from './cluster-access.ts';
export { freePort } from './free-port.ts';
export { Oracle } from './oracle.ts';
export { oldServer } from './old-server.ts';
export type { Fault, ProxyRule, RequestMatch } from './proxy-rule.ts';
export { ScriptedProxy } from './scripted-proxy.ts';
export { sharedTestCluster } from './shared-cluster.ts';
export { type ApiObject, ApiError, TestClient } from './test-client.ts';
export { SimulatedApiServer } from './simulated/api-server.ts';
export { type ClusterCopy, type Place, SimulatedCluster } from './simulated/cluster.ts';
export { type Outage, type SimulatedClient, SimulatedNetwork } from './simulated/network.ts';
export { builtInTypes, type SimulatedType, simulatedType, typeId } from './simulated/types.ts';
export { VirtualClock } from './simulated/virtual-clock.ts';
export { TestCluster, type TestClusterOptions } from './test-cluster.ts';
export { TestClusterUnavailable, testClusterOrSkip } from './unavailable.ts';
