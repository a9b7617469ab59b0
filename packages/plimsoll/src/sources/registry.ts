import { filesKind } from './files/index.ts';
import { kubernetesKind } from './kubernetes/index.ts';

/** Every kind of source by its id, sorted; the only file that names them all. */
export const sourceKinds = {
  files: filesKind,
  kubernetes: kubernetesKind,
} as const;
