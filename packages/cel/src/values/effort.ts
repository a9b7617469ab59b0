import { Abort } from './abort.ts';

/**
 * Work that the cost model does not see: values that share their parts can be walked for ever at next to no cost
 * (`a == b` of two lists is charged by their length, however deep). The API server would go on; this stops.
 */
const MOST = 100_000_000;
/** UTF-16 units; no object of the API server, which takes requests of 3 MiB, comes near it. */
const LONGEST_TEXT = 16_777_216;
/** Text is copied in longer strides than other parts. */
const TEXT_PER_PART = 16;
/** A new list takes room. */
const PARTS_PER_ELEMENT = 4;

let spent = 0;

/** Begins a run. */
export function beginEffort(): void {
  spent = 0;
}

/** What this run spent so far. */
export function spentEffort(): number {
  return spent;
}

/** Goes back to what a run had spent before it was begun anew. */
export function resumeEffort(before: number): void {
  spent = before;
}

/** Counts parts of values that are walked or made. @throws {Abort} */
export function effort(parts: number): void {
  spent += parts;
  if (spent > MOST) throw new Abort('operation cancelled: values too large');
}

/** Counts parts where the run may spend so much; false where it may not. */
export function hasEffort(parts: number): boolean {
  if (spent + parts > MOST) return false;
  spent += parts;
  return true;
}

/** Lets a list of that length be made. @throws {Abort} */
export function listEffort(length: number): void {
  effort(length * PARTS_PER_ELEMENT);
}

/** Lets a text of that length be made. @throws {Abort} */
export function textEffort(length: number): void {
  if (length > LONGEST_TEXT) throw new Abort('operation cancelled: text too long');
  effort(length / TEXT_PER_PART);
}
