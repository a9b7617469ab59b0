/** What reading a file may hold and go through; each is named in the problem of what exceeds it. Sizes in bytes. */
export const bounds = {
  /** How much is read at once. */
  chunk: 2 ** 18,
  /** From here on a list's items are given before its end has been seen. */
  streamFrom: 8 * 2 ** 20,
  /** The largest single object. etcd takes 1.5 MiB; a CRD's file may be a few times that. */
  object: 32 * 2 ** 20,
  /** How deep an object may nest. Those of Kubernetes stay below 60. */
  depth: 200,
} as const;

export const tooLarge = `one object is larger than the bound of ${bounds.object / 2 ** 20} MiB; split it (a list may be of any size if its items stand in block style)`;
export const tooDeep = `an object nests deeper than the bound of ${bounds.depth} levels, which no API of Kubernetes needs; nest less`;
