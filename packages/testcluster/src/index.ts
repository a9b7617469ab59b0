/** A real Kubernetes control plane for tests. See README.md. */
export { clientAuthority, clientCertificate } from './client-certificate.ts';
export { ClusterAccess, type TestUser, testUsers } from './cluster-access.ts';
export { Oracle } from './oracle.ts';
export { oldServer } from './old-server.ts';
export type { Fault, ProxyRule, RequestMatch } from './proxy-rule.ts';
export { ScriptedProxy } from './scripted-proxy.ts';
export { sharedTestCluster } from './shared-cluster.ts';
export { type ApiObject, ApiError, TestClient } from './test-client.ts';
export { TestCluster, type TestClusterOptions } from './test-cluster.ts';
export { TestClusterUnavailable, testClusterOrSkip } from './unavailable.ts';
