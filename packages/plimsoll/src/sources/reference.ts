import { z } from 'zod';
import { sourceKinds } from './registry.ts';

/** docs/sources.md, made from the registry of source kinds. */
export function sourcesReference(): string {
  return [
    '# Sources',
    '',
    'Where resources come from. Made from `packages/plimsoll/src/sources/registry.ts`; a test holds it to that.',
    '[Adding a source](adding-a-source.md) says how one is written.',
    '',
    ...Object.values(sourceKinds).flatMap(({ id, title, about, needs, options }) => [
      `## ${id}`,
      '',
      `${title}.`,
      '',
      about,
      '',
      'It needs:',
      '',
      ...needs.map((need) => `- ${need}`),
      '',
      '| option | |',
      '| --- | --- |',
      ...optionsOf(options).map(([name, doc]) => `| \`${name}\` | ${doc} |`),
      '',
    ]),
  ].join('\n');
}

/** The options of a kind and what each means; '' where a schema forgets to say. */
export function optionsOf(schema: z.ZodType): readonly (readonly [string, string])[] {
  const properties = z.toJSONSchema(schema).properties ?? {};
  return Object.entries(properties).map(([name, property]) => [
    name,
    typeof property === 'boolean' ? '' : (property.description ?? ''),
  ]);
}
