import { z } from 'zod';
import { sourceKinds } from '../../sources/registry.ts';
import { globalOptions, optionEntry, optionNames, variableOf } from '../option-table.ts';

/** docs/configuration.md, made from the table of options and the registry of source kinds. */
export function configurationReference(): string {
  return [
    '# plimsoll.yaml',
    '',
    'Optional. `--config FILE` or `PLIMSOLL_CONFIG` names it; without them `plimsoll.yaml` in the working folder is read, and',
    'the commands whose options it decides say so. Paths in it are relative to it. `plimsoll init` writes one. Made from the',
    'tables in `packages/plimsoll/src`; a test holds it to them.',
    '',
    '```yaml',
    exampleConfiguration.trimEnd(),
    '```',
    '',
    'The first line lets editors complete and check the file by its',
    '[JSON Schema](../packages/plimsoll/plimsoll.schema.json).',
    '',
    '## Keys',
    '',
    'A flag outranks the environment variable, which outranks the file, which outranks the default.',
    '',
    '| key | flag | variable | default | |',
    '| --- | --- | --- | --- | --- |',
    '| `sources` | TARGET, `--context` | | | What is watched, one entry a source: `KIND: {…}`. Targets and contexts on the command line replace them all. |',
    ...optionNames.flatMap((name) => {
      const { file, doc, default: otherwise } = optionEntry(name);
      const shown = otherwise === undefined ? '' : `\`${String(otherwise)}\``;
      return file === undefined
        ? []
        : [`| \`${file}\` | \`--${name}\` | \`${variableOf(name)}\` | ${shown} | ${doc} |`];
    }),
    '',
    'Each kind of source has its own options; [sources](sources.md) says what they mean.',
    '',
    '| kind | options |',
    '| --- | --- |',
    ...Object.values(sourceKinds).map(({ id, options }) => {
      const names = Object.keys(z.toJSONSchema(options).properties ?? {}).map((name) => `\`${name}\``);
      return `| \`${id}\` | ${names.join(', ')} |`;
    }),
    '',
    '## Strict',
    '',
    'An unknown key, a wrong type, a key that stands twice, two sources of one name, a second document: each is an error with',
    'its code, line and column, all of them at once, and nothing starts (exit 2). An unknown key names the nearest known one.',
    '',
    '## Changes while it runs',
    '',
    '`plimsoll up` looks at the file, and at every file that it names, twice a second (less often where they are many); SIGHUP',
    'reads them at once. What changed is taken over whole or not at all: a key that is wrong, a context that is not there, a',
    'guardrail that does not compile leave everything as it was, and are told with PLM1106, by `plimsoll sources` and',
    '`plimsoll doctor` as well, until they are mended. Sources and guardrails that did not change go on undisturbed. A source',
    'that is taken out is no longer watched: what is kept of it is stale, and nothing of it is deleted. Where to listen, and the',
    'store, take a restart.',
    '',
    `Every command reads the file for ${globalOptions
      .filter((name) => optionEntry(name).file !== undefined)
      .map((name) => `\`${name}\``)
      .join(' and ')}.`,
    '',
  ].join('\n');
}

/** A configuration that uses most of what there is; the tests hold it to the schema. */
export const exampleConfiguration = `# yaml-language-server: $schema=node_modules/plimsoll/plimsoll.schema.json
sources:
  - kubernetes: {name: prod-eu, context: prod-eu, exclude: [core/events, events.k8s.io/events]}
  - kubernetes: {context: staging, namespaces: [shop, payments]}
  - files: {name: gitops, path: ./manifests}
guardrails: [builtin:pod-security-restricted, ./guardrails]
store: sqlite:./plimsoll.db
server:
  listen: 127.0.0.1:7070
`;
