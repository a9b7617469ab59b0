import { describe, expect, test } from 'vitest';
import { fieldPlace } from './field-place.ts';

const yaml = `# comment
a:
  - b: plain
    "c d": 'quoted'
  - e: |
      one
      two
    f: >-
      folded
      text
    g: "es\\ncaped"
g: [x, {h: y}]
`;

/** The rest of the line at the place. */
function at(path: readonly (string | number)[], inside: { line: number; column: number } | null = null): string | null {
  const place = fieldPlace(yaml, 1, path, inside);
  return place === null ? null : (yaml.split('\n')[place.line - 1]?.slice(place.column - 1) ?? '');
}

describe('given a YAML document', () => {
  test('when a field is asked for, then it is where its value begins', () => {
    expect(at([])).toBe('a:');
    expect(at(['a', 0, 'b'])).toBe('plain');
    expect(at(['a', 0, 'c d'])).toBe("'quoted'");
    expect(at(['a', 1, 'e'])).toBe('one');
    expect(at(['g', 1, 'h'])).toBe('y}]');
    expect(at(['a', 2])).toBeNull();
    expect(at(['a', 'b'])).toBeNull();
  });

  test('when a place inside a text is asked for, then it is told where the text is written as it is', () => {
    expect(at(['a', 0, 'b'], { line: 1, column: 3 })).toBe('ain');
    expect(at(['a', 0, 'c d'], { line: 1, column: 3 })).toBe("oted'");
    expect(at(['a', 1, 'e'], { line: 2, column: 2 })).toBe('wo');
    expect(at(['a', 1, 'f'], { line: 1, column: 2 })).toBeNull();
    expect(at(['a', 1, 'g'], { line: 2, column: 1 })).toBeNull();
  });
});

describe('given JSON', () => {
  test('when the document begins at a line, then its fields are counted from there', () => {
    expect(fieldPlace('{\n\t"a": {\n\t\t"b": "text"}}', 7, ['a', 'b'], { line: 1, column: 2 })).toEqual({
      line: 9,
      column: 10,
    });
  });
});
