import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeChain, decodeDelta, encodeDelta } from './delta.ts';

const json = fc.json({ maxDepth: 4 });
const damage = expect.objectContaining({ code: 'PLM1510' });

describe('a delta', () => {
  it('gives back its text byte for byte, whatever the newer text', () => {
    fc.assert(
      fc.property(json, fc.option(json), (text, newer) => {
        expect(decodeDelta(encodeDelta(text, newer), newer)).toBe(text);
      }),
    );
  });

  it('gives back any text at all that UTF-8 can hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, newer) => {
        expect(decodeDelta(encodeDelta(text, newer), newer)).toBe(text);
      }),
    );
  });

  it('gives back the oldest of several texts, each made against the next newer one', () => {
    fc.assert(
      fc.property(fc.array(json, { minLength: 1, maxLength: 8 }), json, (texts, newest) => {
        const deltas = texts.map((text, i) => encodeDelta(text, texts[i - 1] ?? newest));
        expect(decodeChain(deltas, newest)).toBe(texts.at(-1));
      }),
    );
  });

  it('is refused wherever it is cut off', () => {
    fc.assert(
      fc.property(json, json, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (text, newer, share) => {
        const delta = encodeDelta(text, newer);
        const cut = delta.subarray(0, Math.floor(delta.length * share));
        expect(() => decodeDelta(cut, newer)).toThrow(damage);
      }),
    );
  });

  it('is refused, or still gives its text, whichever bit is turned', () => {
    fc.assert(
      fc.property(json, json, fc.nat(), fc.nat({ max: 7 }), (text, newer, place, bit) => {
        const delta = Uint8Array.from(encodeDelta(text, newer));
        const at = place % delta.length;
        delta[at] = (delta[at] ?? 0) ^ (1 << bit);
        expect(outcome(delta, newer)).toSatisfy((said) => said === 'PLM1510' || said === text);
      }),
    );
  });

  it('is refused against another text than it was made against', () => {
    const body = (value: number) => JSON.stringify({ list: Array.from({ length: 200 }, (_, i) => i * value) });
    const delta = encodeDelta(body(3), body(3));
    expect(() => decodeDelta(delta, body(7))).toThrow(damage);
    expect(() => decodeDelta(delta, null)).toThrow(damage);
  });

  it('of a 200 KB body in which three fields differ takes a hundred bytes', () => {
    const body = (restarts: number) =>
      JSON.stringify({
        restarts,
        list: Array.from({ length: 20_000 }, (_, i) => Math.sin(i)),
        ready: restarts > 3,
        n: -restarts,
      });
    const delta = encodeDelta(body(1), body(12));
    expect(body(1).length).toBeGreaterThan(200_000);
    expect(delta.length).toBeLessThan(100);
    expect(decodeDelta(delta, body(12))).toBe(body(1));
  });
});

function outcome(delta: Uint8Array, newer: string): string {
  try {
    return decodeDelta(delta, newer);
  } catch (error) {
    return (error as { code: string }).code;
  }
}
