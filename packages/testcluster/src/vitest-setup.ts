export { shareTestCluster as setup } from './shared-cluster.ts';
