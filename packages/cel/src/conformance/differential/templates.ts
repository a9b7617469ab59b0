import type { Random } from './random.ts';

/** One way to call something: `$0.indexOf($1)` with what may stand at each place. */
export interface Template {
  readonly source: string;
  readonly places: readonly (readonly string[])[];
}

export function template(source: string, ...places: readonly (readonly string[])[]): Template {
  return { source, places };
}

/**
 * Expressions of a template: all that its places allow where those are at most `most`, else as many drawn from them,
 * the first choices of every place among them.
 */
export function fill({ source, places }: Template, most: number, random: Random): readonly string[] {
  const total = places.reduce((product, place) => product * place.length, 1);
  const choices =
    total <= most
      ? Array.from({ length: total }, (_, i) => combination(places, i))
      : Array.from({ length: most }, (_, i) =>
          places.map((place) => (i === 0 ? (place[0] ?? '') : random.pick(place))),
        );
  return [...new Set(choices.map((chosen) => source.replace(/\$(\d)/g, (_, at: string) => chosen[Number(at)] ?? '')))];
}

function combination(places: readonly (readonly string[])[], index: number): readonly string[] {
  let rest = index;
  return places.map((place) => {
    const at = rest % place.length;
    rest = Math.floor(rest / place.length);
    return place[at] ?? '';
  });
}
