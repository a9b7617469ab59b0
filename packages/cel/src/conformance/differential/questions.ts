import type { Question } from './our-answers.ts';
import { coreTemplates } from './cases-core.ts';
import { libraryTemplates, mutationTemplates } from './cases-libraries.ts';
import { generated } from './grammar.ts';
import { objects } from './objects.ts';
import { Random } from './random.ts';
import { type Template, fill } from './templates.ts';

/** How many expressions are drawn. */
export interface Amount {
  /** Of each template at most. */
  readonly perTemplate: number;
  /** From the grammar. */
  readonly fromGrammar: number;
}

/** What `npm run conformance` asks where it is given no seed: what docs/cel-conformance.md tells of. */
export const WHOLE = { seed: 1_036, amount: { perTemplate: 120, fromGrammar: 5_000 } } as const;

/** The questions of a seed: written ones and generated ones, each about every object that it reads. */
export function questionsOf(seed: number, amount: Amount): readonly Question[] {
  const random = new Random(seed);
  const expressions = (templates: readonly Template[]): readonly string[] => [
    ...new Set(templates.flatMap((one) => fill(one, amount.perTemplate, random))),
  ];
  const written = expressions([...coreTemplates, ...libraryTemplates]);
  const grown = Array.from({ length: amount.fromGrammar }, () => generated(random));
  return [
    ...[...written, ...new Set(grown)].flatMap((expression) => about(expression)),
    ...expressions(mutationTemplates).flatMap((expression) => about(expression, { mutation: true })),
  ];
}

function about(expression: string, more: Partial<Question> = {}): readonly Question[] {
  const asked = /\bobject\b/.test(expression) ? objects : objects.slice(0, 1);
  return asked.map((object) => ({ expression, object, ...more }));
}
