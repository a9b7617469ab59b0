import { exceptions } from './exceptions.ts';
import { type PlacedTest, difference, outOfScope } from './spec-tests.ts';

const SECTION = /(<!-- conformance: .*? -->\n)[^]*?(<!-- \/conformance -->)/;

/** A page with its section on conformance made anew from a run of the specification's tests. */
export function withConformance(page: string, tests: readonly PlacedTest[]): string {
  return page.replace(SECTION, (_, begin: string, end: string) => `${begin}\n${conformanceTable(tests)}\n\n${end}`);
}

/** A row for each file of the specification's tests: how many pass, and what becomes of the rest. */
function conformanceTable(tests: readonly PlacedTest[]): string {
  const files = [...new Set(tests.map(({ file }) => file))].toSorted();
  const rows = files.map((file) =>
    row(
      `\`${file}\``,
      tests.filter((test) => test.file === file),
    ),
  );
  return [
    '| file | tests | passed | Kubernetes’ cel-go answers otherwise | failed | need protobuf messages | of the checker or optimiser alone |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    ...rows,
    row('**all**', tests),
  ].join('\n');
}

type Outcome = 'passed' | 'listed' | 'failed' | 'messages' | 'elsewhere';

function row(name: string, tests: readonly PlacedTest[]): string {
  const outcomes = tests.map(outcomeOf);
  const count = (wanted: Outcome): string => {
    const found = outcomes.filter((outcome) => outcome === wanted).length;
    return found === 0 ? '' : String(found);
  };
  const cells = [count('passed'), count('listed'), count('failed'), count('messages'), count('elsewhere')];
  return `| ${[name, String(tests.length), ...cells].join(' | ')} |`;
}

function outcomeOf(test: PlacedTest): Outcome {
  const why = outOfScope(test);
  if (why !== null) return /protobuf/.test(why) ? 'messages' : 'elsewhere';
  if (difference(test) === null) return 'passed';
  return exceptions[test.path] === undefined ? 'failed' : 'listed';
}
