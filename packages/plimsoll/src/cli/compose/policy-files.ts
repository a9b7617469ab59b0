import type { PolicyDocument } from '../../guardrails/policy.ts';
import type { Problem } from '../../model/problem.ts';
import { readTargets } from '../../sources/files/read-targets.ts';

/** Reads the documents of files and folders of policies; gives what could not be read. */
export async function policyDocumentsIn(
  paths: readonly string[],
  take: (document: PolicyDocument) => void,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  await readTargets(paths, (items) => {
    for (const item of items) {
      if (item.item === 'problem') problems.push(item.problem);
      else if (item.item === 'object') take({ source: 'files', origin: 'files', body: item.body, place: item.place });
    }
  });
  return problems;
}
