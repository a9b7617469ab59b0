import { problem } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { FileObject } from '../../sources/files/file-item.ts';
import { readTargets } from '../../sources/files/read-targets.ts';
import type { PolicyDocument } from '../policy.ts';

/** Every test file of a tool in files and folders: the objects of a kind in any version of a group. */
export async function testFilesIn(targets: readonly string[], group: string, kind: string): Promise<FileObject[]> {
  const found: FileObject[] = [];
  const isOfGroup = (apiVersion: string): boolean => apiVersion.startsWith(`${group}/`);
  await readTargets(
    targets,
    (items) => {
      for (const item of items)
        if (item.item === 'object' && item.kind === kind && isOfGroup(item.apiVersion)) found.push(item);
    },
    { select: { markers: [group] }, locatable: isOfGroup },
  );
  return found;
}

/** What files and folders hold that a test names. */
export interface NamedObjects {
  readonly objects: readonly FileObject[];
  readonly problems: readonly Problem[];
}

/** The objects of files and folders that a test names, with the places of their fields. */
export async function objectsIn(paths: readonly string[]): Promise<NamedObjects> {
  const objects: FileObject[] = [];
  const problems: Problem[] = [];
  if (paths.length === 0) return { objects, problems };
  await readTargets(
    paths,
    (items) => {
      for (const item of items) {
        if (item.item === 'object') objects.push(item);
        else if (item.item === 'problem') problems.push(item.problem);
      }
    },
    { locatable: () => true },
  );
  return { objects, problems };
}

/** An object of a file as a document for formats and schemas to read. */
export function documentOf({ body, place, locate }: FileObject): PolicyDocument {
  return { source: 'files', origin: 'files', body, place, locate };
}

/** A fault of a document as one of a test file. */
export function testFault(fault: Problem): Problem {
  const { code, remedy } = problem('PLM1317', '');
  return { ...fault, code, remedy };
}
