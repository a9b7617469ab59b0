/** A step of a field path: a member, an element of a list, or each of either. */
export type FieldStep = string | number | typeof each;

/** `[*]`: every element of a list, or every member of an object. */
export const each = Symbol('[*]');

const step = /([^.[\]"\s]+)|\[(\d+)\]|\[(\*)\]|\[("(?:[^"\\]|\\.)*")\]/y;

/**
 * The steps of a field path as `unseen` and `--redact` write it: `spec.containers[*].env`, `data`,
 * `metadata.annotations["example.com/token"]`; null where the text is none. What {@link fieldPathText} gives is read back.
 */
export function fieldSteps(text: string): readonly FieldStep[] | null {
  const steps: FieldStep[] = [];
  for (let at = 0; at < text.length;) {
    const dotted = text[at] === '.';
    if (dotted === (at === 0) && text[at] !== '[') return null;
    if (dotted) at += 1;
    step.lastIndex = at;
    const found = step.exec(text);
    if (found === null || (dotted && found[1] === undefined)) return null;
    const [whole, name, index, star, quoted] = found;
    if (name !== undefined) steps.push(name);
    else if (index !== undefined) steps.push(Number(index));
    else if (star !== undefined) steps.push(each);
    else {
      const member = memberNamed(quoted ?? '');
      if (member === null) return null;
      steps.push(member);
    }
    at += whole.length;
  }
  return steps.length === 0 ? null : steps;
}

function memberNamed(quoted: string): string | null {
  try {
    const name: unknown = JSON.parse(quoted);
    return typeof name === 'string' ? name : null;
  } catch {
    return null;
  }
}

/** The text of a path: members with dots or blanks in their names stand in brackets. */
export function fieldPathText(steps: readonly FieldStep[]): string {
  return steps
    .map((step, at) => {
      if (step === each) return '[*]';
      if (typeof step === 'number') return `[${step}]`;
      return /^[^.[\]"\s]+$/.test(step) ? `${at === 0 ? '' : '.'}${step}` : `[${JSON.stringify(step)}]`;
    })
    .join('');
}
