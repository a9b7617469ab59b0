import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { folderOf } from '../run-cli.fixture.ts';
import { readConfiguration } from './read-configuration.ts';

const { folder, remove } = await folderOf({});
afterAll(remove);
const file = join(folder, 'plimsoll.yaml');

/** What is wrong with a text, as `CODE line:column message`. */
async function faults(text: string | Buffer): Promise<readonly string[]> {
  await writeFile(file, text);
  const reading = await readConfiguration(file);
  if (reading.ok) return [];
  return reading.problems.map(({ code, line, column, message }) => `${code} ${line}:${column} ${message}`);
}

describe('reading plimsoll.yaml', () => {
  test.each([
    ['guardrail: [x]', 'PLM1103 1:1 guardrail: unknown key; did you mean guardrails?'],
    ['zzz: 1', 'PLM1103 1:1 zzz: unknown key; there are sources,'],
    ['store: x\nserver:\n  listne: 127.0.0.1:1', 'PLM1103 3:3 server.listne: unknown key; did you mean listen?'],
    [
      'sources:\n  - files: {path: .}\n  - kubernetes: {contxt: a}',
      'PLM1103 3:18 sources[1].kubernetes.contxt: unknown',
    ],
    ['sources:\n  - kuberntes: {}', 'PLM1103 2:5 sources[0].kuberntes: unknown key; did you mean kubernetes?'],
    ['guardrails: builtin:cis', 'PLM1104 1:13 guardrails: expected array, received string'],
    ['guardrails:\n  - 3', 'PLM1104 2:5 guardrails[0]: expected string, received number'],
    ['sources:\n  - files: {name: x}', 'PLM1104 2:12 sources[0].files.path: is required (string or array)'],
    ['sources: [{files: {path: 3}}]', 'PLM1104 1:26 sources[0].files.path: expected string or array'],
    ['sources: [{}]', 'PLM1104 1:11 sources[0]: expected one key, the kind of source: files or kubernetes'],
    ['sources: [{kubernetes: {exclude: [pods]}}]', 'PLM1104 1:35 sources[0].kubernetes.exclude[0]: expected GROUP/'],
    ['sources:', 'PLM1104 1:1 sources: expected array, received null'],
    ['store: a\nstore: b', 'PLM1104 2:1 the key store stands twice'],
    ['store: ""', 'PLM1104 1:8 store: expected PATH'],
    ['history: {keep: forever}', 'PLM1104 1:17 history.keep: expected a TIME; How long the past is kept, as 12h, 30d'],
    ['history: {size: 2 GB}', 'PLM1104 1:17 history.size: expected a SIZE; How large the store may grow'],
    ['sources: []', 'PLM1104 1:10 sources: name at least one, or leave `sources` out'],
    ['- a', 'PLM1104 1:1 expected object, received array'],
    ['store: [', 'PLM1102 1:'],
    ['store: a\n---\nstore: b', 'PLM1102 2:1 a second document begins here'],
    ['store: *x', 'PLM1102 1:'],
    [Buffer.from([0x61, 0xff]), 'PLM1101 null:null'],
  ])('given %j, then it is %s', async (text, fault) => {
    const found = await faults(text);
    expect(found).toEqual([expect.stringContaining(fault)]);
  });

  test('given a file beyond 1 MB, then it is not read', async () => {
    expect(await faults('#'.repeat(1_100_000))).toEqual([expect.stringMatching(/^PLM1101 .* has 1100000 bytes/)]);
  });

  test('given several faults, then all are told, in order of their places', async () => {
    expect(await faults('b: 1\nstore: 3\nserver: {x: 1, listen: 2}')).toEqual([
      expect.stringMatching(/^PLM1103 1:1 b:/),
      expect.stringMatching(/^PLM1104 2:8 store:/),
      expect.stringMatching(/^PLM1103 3:10 server\.x:/),
      expect.stringMatching(/^PLM1104 3:24 server\.listen:/),
    ]);
  });

  test.each(['', '# nothing\n', '---\n# nothing\n', '{}'])('given %j, then it says nothing', async (text) => {
    await writeFile(file, text);
    expect(await readConfiguration(file)).toMatchObject({ ok: true, configuration: { isEmpty: true, sources: [] } });
  });

  test('given a file elsewhere, then its paths are those from the working folder', async () => {
    await writeFile(
      file,
      'guardrails: [builtin:cis, ./g, /abs]\nstore: sqlite:./p.db\nkubeconfig: kc\nsources: [{files: {path: [a, /b]}}, {kubernetes: {kubeconfig: ../c, context: d}}]',
    );
    const reading = await readConfiguration(file);
    expect(reading).toMatchObject({
      configuration: {
        sources: [
          { kind: 'files', options: { path: [join(folder, 'a'), '/b'] } },
          { kind: 'kubernetes', options: { kubeconfig: join(folder, '../c'), context: 'd' } },
        ],
        options: new Map<string, unknown>([
          ['store', `sqlite:${join(folder, 'p.db')}`],
          ['kubeconfig', join(folder, 'kc')],
          ['guardrails', ['builtin:cis', join(folder, 'g'), '/abs']],
        ]),
      },
    });
  });

  test('given any text, then it is read or refused with places within it, and nothing is thrown', async () => {
    const words = fc.constantFrom(
      'sources',
      ':',
      ' ',
      '\n',
      '- ',
      'files',
      '{',
      '}',
      'path',
      '"',
      '&a',
      '*a',
      '---',
      'é',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(words, { maxLength: 20 }), async (parts) => {
        const text = parts.join('');
        const lines = text.split('\n').length;
        for (const fault of await faults(text)) {
          const [, line = '0'] = /^PLM110\d (\d+|null):/.exec(fault) ?? [];
          expect(Number(line)).toBeGreaterThan(0);
          expect(Number(line)).toBeLessThanOrEqual(lines);
        }
      }),
      { numRuns: 300 },
    );
  });
});
