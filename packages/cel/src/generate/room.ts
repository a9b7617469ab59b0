/**
 * Characters of generated source that may be held at a time; a program that finds no room stays with its closures. The
 * engine holds some ten bytes of code and feedback for each.
 */
const ROOM = 4_000_000;

let held = 0;
const programs = /* @__PURE__ */ new FinalizationRegistry<number>((length) => {
  held -= length;
});

/** Takes room for as long as its owner lives; false where there is none. */
export function reserve(owner: object, length: number): boolean {
  if (held + length > ROOM) return false;
  held += length;
  programs.register(owner, length);
  return true;
}
