/**
 * Gives, at each call, another place in activations for a variable that an expression declares itself. Programs run one
 * after another, so each begins anew: an activation stays small however many programs its environment has had. What a
 * program computes on its way, its composed variables, needs places that are not the program's: it takes every other one.
 */
export type Slots = () => number;

export function slotsFrom(first: number): Slots {
  let next = first - 2;
  return () => (next += 2);
}
