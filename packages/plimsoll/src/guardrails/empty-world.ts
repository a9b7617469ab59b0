import { namespaceByName } from './namespace-view.ts';
import type { World } from './world.ts';

/** The world of one who has no inventory: nothing is known of anything but the judged resource. */
export const emptyWorld: World = {
  namespace: (_, name) => namespaceByName(name, 'there is no inventory'),
  list: (_, type) => ({ unknown: `${type}: there is no inventory` }),
  has: () => false,
  typeOfKind: () => null,
  served: () => null,
};
