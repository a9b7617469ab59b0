import { severities } from '../../model/severity.ts';
import type { readFrameworks } from './frameworks.ts';
import { type Preset, presetsOf } from './preset-table.ts';
import type { LibraryEntry } from './read-library.ts';

/** What each category is about, in the order of the index. */
const categories: readonly (readonly [category: string, about: string])[] = [
  ['pod-security', 'What a pod may do to its node: the Pod Security Standards, and what goes beyond them'],
  ['supply-chain', 'Which programs run, where they come from, and whether they are the ones that were tested'],
  ['network', 'Who reaches what: network policies, Services, Ingresses, Gateways, and what leads nowhere'],
  ['rbac', 'Who may do what: roles, bindings, tokens'],
  ['secrets', 'Passwords and keys where they do not belong'],
  ['reliability', 'What fails when a node is drained, a program hangs or a rollout goes wrong'],
  [
    'control-plane',
    'What stops or opens the whole cluster: webhooks, aggregated APIs, custom resources, nodes, its own flags',
  ],
  ['storage', 'Volumes, claims and their classes'],
  ['tenancy', 'What keeps teams apart in one cluster'],
  ['hygiene', 'What is left over, said twice or no longer read'],
];

/** The index of the library (docs/guardrails/README.md). */
export function libraryIndex(library: readonly LibraryEntry[], frameworks: ReturnType<typeof readFrameworks>): string {
  const presets = presetsOf(library);
  return [
    '# The guardrail library',
    `${library.length} guardrails that come with Plimsoll. Use them by preset or by path; each has a page with what it finds, why, and how to fix it.`,
    '```sh\nplimsoll scan --guardrails builtin:production manifests/\nplimsoll up --guardrails builtin:cis --guardrails builtin:nsa\nplimsoll scan --guardrails guardrails/secrets manifests/\n```',
    '## Presets',
    ['| preset | guardrails | what it is for |', '|---|---|---|', ...presets.map(presetRow)].join('\n'),
    `They are mapped to ${[...frameworks.values()].map(({ title }) => title).join(', ')} where they truly fit ([guardrails/frameworks.yaml](../../guardrails/frameworks.yaml)).`,
    ...categories.flatMap(([category, about]) => [
      `## ${category}`,
      `${about}.`,
      [
        '| guardrail | severity | about |',
        '|---|---|---|',
        ...inOrder(library.filter((entry) => entry.category === category)).map(guardrailRow),
      ].join('\n'),
    ]),
    '',
  ].join('\n\n');
}

/** The categories that the index knows. */
export const knownCategories: readonly string[] = categories.map(([category]) => category);

function presetRow({ name, purpose, guardrails }: Preset): string {
  return `| \`builtin:${name}\` | ${guardrails.length} | ${purpose} |`;
}

/** The worst first. */
function inOrder(entries: readonly LibraryEntry[]): readonly LibraryEntry[] {
  const rank = ({ variants }: LibraryEntry): number => severities.indexOf(variants.at(-1)?.severity ?? 'info');
  return entries.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

function guardrailRow({ name, variants }: LibraryEntry): string {
  const policy = variants.at(-1);
  return `| [${name}](${name}.md) | ${policy?.severity ?? ''} | ${policy?.title ?? ''} |`;
}
