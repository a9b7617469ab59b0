import { z } from 'zod';
import { sourceKinds } from '../../sources/registry.ts';
import { optionEntry, optionNames, type OptionName } from '../option-table.ts';

/** A source of plimsoll.yaml: one key, its kind, with the kind's options. */
const sourceSchema = z
  .strictObject(Object.fromEntries(Object.values(sourceKinds).map(({ id, options }) => [id, options.optional()])))
  .refine((entry) => Object.keys(entry).length === 1, {
    error: `expected one key, the kind of source: ${Object.keys(sourceKinds).join(' or ')}`,
  })
  .meta({ minProperties: 1, maxProperties: 1 });

/** An option's value as plimsoll.yaml has it. */
function valueSchema(name: OptionName): z.ZodType {
  const { kind, choices, pattern, doc, value } = optionEntry(name);
  const text = z.string().min(1, `expected ${value ?? 'a word'}`);
  const formed = pattern === undefined ? text : text.regex(pattern, `expected a ${value}; ${doc}`);
  const word = choices === undefined ? formed : z.enum([...choices]);
  const shape = { text: word, list: z.array(word), flag: z.boolean(), number: z.int().min(1) }[kind];
  return shape.optional().describe(doc);
}

/** Sections within sections, and options at their ends. */
type Section = Map<string, Section | OptionName>;

function sections(): Section {
  const root: Section = new Map();
  for (const name of optionNames) {
    const path = optionEntry(name).file?.split('.') ?? [];
    const last = path.pop();
    if (last === undefined) continue;
    let section = root;
    for (const part of path) {
      const known = section.get(part);
      const inner: Section = known instanceof Map ? known : new Map();
      section.set(part, inner);
      section = inner;
    }
    section.set(last, name);
  }
  return root;
}

function shapeOf(section: Section): Record<string, z.ZodType> {
  return Object.fromEntries(
    [...section].map(([key, inner]) => {
      if (typeof inner === 'string') return [key, valueSchema(inner)];
      const shape = z.strictObject(shapeOf(inner)).optional();
      return [key, sectionDocs.has(key) ? shape.describe(sectionDocs.get(key) ?? '') : shape];
    }),
  );
}

const sectionDocs: ReadonlyMap<string, string> = new Map([
  ['server', 'Where and how the API is served.'],
  ['tls', 'Serve it by TLS.'],
  ['history', 'How much of the past the store keeps.'],
  ['log', 'What up writes to standard error.'],
]);

const sourcesSchema = z
  .array(sourceSchema)
  .min(1, 'name at least one, or leave `sources` out: the current context is watched then')
  .optional()
  .describe('What is watched; left out: the current context of the kubeconfig, or the demo fleet.');

/** plimsoll.yaml, strict: made from the table of options and the registry of source kinds. */
export const configurationSchema = z.strictObject({ sources: sourcesSchema, ...shapeOf(sections()) });

/** The JSON Schema of plimsoll.yaml, for editors: packages/plimsoll/plimsoll.schema.json. */
export function configurationJsonSchema(): object {
  return {
    ...z.toJSONSchema(configurationSchema, { io: 'input' }),
    title: 'plimsoll.yaml',
    description: 'The configuration of Plimsoll.',
  };
}
