import { dump } from 'js-yaml';
import type { Json, JsonObject } from '../../model/json.ts';
import type { NamedExpression, Policy, Rule } from '../policy.ts';
import { type Case, readCases } from './case-file.ts';
import type { readFrameworks } from './frameworks.ts';
import type { LibraryEntry } from './read-library.ts';

type Frameworks = ReturnType<typeof readFrameworks>;

/** The page of a guardrail (docs/guardrails/NAME.md): all of it is from its folder, the examples are its cases. */
export function guardrailPage(entry: LibraryEntry, presets: readonly string[], frameworks: Frameworks): string {
  const policy = entry.variants.at(-1);
  if (policy === undefined) throw new TypeError(`${entry.name} has no variant`);
  const { cases } = entry.casesFile === null ? { cases: [] } : readCases(entry.casesFile);
  return [
    `# ${policy.title ?? entry.name}`,
    `\`${entry.name}\` · severity **${policy.severity}** · [${entry.category}](README.md#${entry.category})`,
    text(policy.description ?? ''),
    `## How to fix it`,
    list(remedies(cases)),
    `## What is judged`,
    list(judged(policy)),
    ...(presets.length === 0
      ? [`It is in no preset: use it by its path, \`--guardrails guardrails/${entry.category}/${entry.name}\`.`]
      : [`Presets: ${presets.map((name) => `\`builtin:${name}\``).join(', ')}.`]),
    ...mappings(policy, frameworks),
    ...variantNote(entry),
    `## Expressions`,
    ...expressions(policy),
    `## Examples`,
    ...examples(cases),
    `Generated from [guardrails/${entry.category}/${entry.name}](../../guardrails/${entry.category}/${entry.name}); the cases there are run by \`plimsoll guardrails test\`.`,
    '',
  ].join('\n\n');
}

/** What the messages of the failing cases ask for: what follows their first sentence. */
function remedies(cases: readonly Case[]): readonly string[] {
  const said = cases.flatMap(({ message }) => {
    const at = /[^.]\. (?=[A-Za-z])/.exec(message ?? '')?.index;
    return message === undefined || at === undefined ? [] : [`${text(message.slice(at + 3))}.`];
  });
  return [...new Set(said)].slice(0, 6);
}

function judged(policy: Policy): readonly string[] {
  const { match, matchConditions, lookups } = policy;
  const kinds =
    policy.appliesTo === 'podTemplates'
      ? ['pods, and the pod templates of Deployments, StatefulSets, DaemonSets, Jobs, CronJobs and the like']
      : match.rules.map(ruleText);
  const left = match.excludeRules.map((rule) => `not ${ruleText(rule)}`);
  const namespaces = selectorTerms(policy, 'namespaceSelector').map((term) => `in namespaces where ${term}`);
  const objects = selectorTerms(policy, 'objectSelector').map((term) => `objects where ${term}`);
  const conditions = matchConditions.map(({ name, expression }) => `only where ${name}: \`${flat(expression)}\``);
  const reads = lookups.map(
    ({ type, sameNamespace }) => `looked up besides: \`${type}\`${sameNamespace ? ' of the same namespace' : ''}`,
  );
  return [...kinds, ...left, ...namespaces, ...objects, ...conditions, ...reads];
}

function ruleText({ apiGroups, resources }: Rule): string {
  return apiGroups
    .flatMap((group) => resources.map((resource) => `\`${group === '' ? 'core' : group}/${resource}\``))
    .join(', ');
}

/** The terms of a selector as the document writes them. */
function selectorTerms(policy: Policy, which: 'namespaceSelector' | 'objectSelector'): readonly string[] {
  const spec = policy.document.body['spec'] as JsonObject;
  const constraints = spec['matchConstraints'] as JsonObject | undefined;
  const selector = constraints?.[which] as
    | {
        readonly matchLabels?: Readonly<Record<string, string>>;
        readonly matchExpressions?: readonly {
          readonly key: string;
          readonly operator: string;
          readonly values?: readonly string[];
        }[];
      }
    | undefined;
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `\`${key}\` is \`${value}\``);
  const terms = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    const named = values.map((value) => `\`${value}\``).join(', ');
    return operator === 'In'
      ? `\`${key}\` is ${named}`
      : operator === 'NotIn'
        ? `\`${key}\` is not ${named}`
        : `\`${key}\` ${operator}`;
  });
  return [...labels, ...terms];
}

function mappings(policy: Policy, frameworks: Frameworks): readonly string[] {
  const rows = Object.entries(policy.frameworks).flatMap(([name, ids]) =>
    ids.map((id) => {
      const framework = frameworks.get(name);
      return `| ${text(framework?.title ?? name)} | \`${id}\` | ${text(framework?.ids[id] ?? '')} |`;
    }),
  );
  return rows.length === 0
    ? []
    : ['## Frameworks', ['| framework | id | what it asks |', '|---|---|---|', ...rows].join('\n')];
}

function variantNote({ variants }: LibraryEntry): readonly string[] {
  const since = variants.flatMap(({ standard }) => standard?.since ?? []);
  return since.length < 2
    ? []
    : [`It has changed with Kubernetes: there are variants from ${since.join(', ')} on. Shown is the newest.`];
}

function expressions({ variables, validations }: Policy): readonly string[] {
  const named = variables.map(({ name, expression }: NamedExpression) => `// variables.${name}\n${flat(expression)}`);
  const held = validations.map(({ expression }) => `// must be true\n${flat(expression)}`);
  return [`\`\`\`cel\n${[...named, ...held].join('\n\n')}\n\`\`\``];
}

function examples(cases: readonly Case[]): readonly string[] {
  const passing = cases.filter(({ outcome }) => outcome === 'pass');
  const failing = cases.filter(({ outcome }) => outcome === 'fail');
  const others = cases.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'fail');
  return [
    ...passing.slice(0, 1).map((one) => `It passes: ${text(one.name)}.\n\n${shown(one)}`),
    ...failing
      .slice(0, 1)
      .map((one) => `It fails: ${text(one.name)}.\n\n${shown(one)}\n\n> ${text(one.message ?? '')}`),
    [
      '| case | outcome | message |',
      '|---|---|---|',
      ...[...passing.slice(1), ...failing.slice(1), ...others].map(row),
    ].join('\n'),
  ];
}

function row({ name, outcome, message, reason }: Case): string {
  return `| ${text(name)} | ${outcome === 'none' ? 'not judged' : outcome} | ${text(message ?? reason ?? '')} |`;
}

/** An object of a case, and what its look-ups find. */
function shown({ body, lookups }: Case): string {
  const found = Object.entries(lookups).flatMap(([name, items]) =>
    (items ?? []).map((item) => `# looked up: ${name}\n${yaml(item)}`),
  );
  return `\`\`\`yaml\n${[yaml(body), ...found].join('---\n')}\`\`\``;
}

function yaml(value: Json): string {
  return dump(value, { lineWidth: 110, noRefs: true });
}

/** Text of YAML in Markdown, outside code: nothing of it is markup. */
function text(words: string): string {
  return words
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]<>|$]/g, (mark) => `\\${mark}`);
}

function flat(expression: string): string {
  return expression.trim();
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
