import { expect, test } from 'vitest';
import { lastLines, type WhatWasRead } from './last-lines.ts';
import { Tally } from './tally.ts';

const nothing: WhatWasRead = {
  files: 0,
  documents: 0,
  unreadable: 0,
  clusters: new Map(),
  unknownKinds: new Map(),
  leftOut: new Map(),
};

test.each<[Partial<WhatWasRead>, readonly string[]]>([
  [{}, ['Read 0 files: 0 documents.']],
  [{ files: 1, documents: 2, unreadable: 1 }, ['Read 1 file: 2 documents, 1 of which could not be read.']],
  [{ clusters: new Map([['admin', { resources: 256, asOf: null }]]) }, ['Read cluster admin: 256 resources.']],
  [
    { files: 1, documents: 1, clusters: new Map([['admin', { resources: 1, asOf: 0 }]]) },
    ['Read the snapshot of admin as of 1970-01-01T00:00:00Z: 1 resource.', 'Read 1 file: 1 document.'],
  ],
])('given that %j was read, then the last lines begin with it', (read, expected) => {
  const tally = new Tally();
  const lines = lastLines({ ...nothing, ...read }, tally.summary(1), tally);
  expect(lines.slice(0, -1)).toEqual(expected);
});
