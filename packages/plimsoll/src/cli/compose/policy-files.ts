import { isPolicyGroup } from '../../guardrails/formats/registry.ts';
import type { PolicyDocument } from '../../guardrails/policy.ts';
import type { Problem } from '../../model/problem.ts';
import type { FileItem } from '../../sources/files/file-item.ts';
import { readTargets } from '../../sources/files/read-targets.ts';

/** Reads the documents of files and folders of policies; gives what could not be read. */
export async function policyDocumentsIn(
  paths: readonly string[],
  given: (document: PolicyDocument) => void,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const take = (items: readonly FileItem[]) => {
    for (const item of items) {
      if (item.item === 'problem') problems.push(item.problem);
      else if (item.item === 'object') {
        const { body, place, locate } = item;
        given({ source: 'files', origin: 'files', body, place, locate });
      }
    }
  };
  await readTargets(paths, take, { locatable: isPolicyGroup });
  return problems;
}
