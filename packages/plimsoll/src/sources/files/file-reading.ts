import { basename } from 'node:path';
import { problem } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { FileKinds } from '../../model/kinds.ts';
import type { Problem } from '../../model/problem.ts';
import { displayName, type Resource } from '../../model/resource.ts';
import type { FileObject, TakeItems } from './file-item.ts';
import { fileResource } from './file-resource.ts';
import { readOneFile } from './read-targets.ts';

/** What was read of one file. */
export interface FileReading {
  readonly file: string;
  readonly objects: readonly FileObject[];
  readonly problems: readonly Problem[];
  /** Documents and list items, those without objects among them. */
  readonly documents: number;
  /** Why something that the file may hold could not be seen; null where all of it was. */
  readonly hidden: string | null;
}

/** What keeps an object from being seen. A document that was read and is no object of Kubernetes hides none. */
const hiding = new Set(['PLM1201', 'PLM1202', 'PLM1206', 'PLM1209']);

/** Reads a file for `source`. Throws nothing: what cannot be read is a problem. */
export async function readingOf(file: string, source: string): Promise<FileReading> {
  const objects: FileObject[] = [];
  const problems: Problem[] = [];
  let documents = 0;
  await readOneFile(file, (items) => {
    for (const item of items) {
      if (item.item === 'object') objects.push(item);
      else if (item.item === 'problem') problems.push({ ...item.problem, source });
      else documents = item.documents;
    }
  });
  const hid = problems.find(({ code }) => hiding.has(code));
  return { file, objects, problems, documents, hidden: hid === undefined ? null : `${file}: ${hid.message}` };
}

/** The resources of a file, the last of each name, and a problem for each object without a name or with one that was there. */
export function resourcesOf(
  { objects }: FileReading,
  source: string,
  kinds: FileKinds,
): { readonly resources: readonly Resource[]; readonly problems: readonly Problem[] } {
  const resources = new Map<string, Resource>();
  const problems: Problem[] = [];
  for (const object of objects) {
    const resource = fileResource(object, source, kinds);
    if (resource.name === '') {
      problems.push(
        problem('PLM1204', `${object.kind} has no metadata.name`, { source, ...object.place, column: object.column }),
      );
      continue;
    }
    const key = `${resource.type}\0${resource.scope ?? ''}\0${resource.name}`;
    if (resources.has(key) && !resource.name.endsWith('*'))
      problems.push(
        problem('PLM1208', `${displayName(resource)} was there before`, {
          source,
          ...object.place,
          column: object.column,
        }),
      );
    resources.set(key, resource);
  }
  return { resources: [...resources.values()], problems };
}

/** The objects of some kinds in a file; documents of other kinds are not even parsed. */
export async function objectsOfKinds(file: string, kinds: readonly string[]): Promise<readonly FileObject[]> {
  const found: FileObject[] = [];
  const take: TakeItems = (items) => {
    for (const item of items) if (item.item === 'object' && kinds.includes(item.kind)) found.push(item);
  };
  await readOneFile(file, take, kinds);
  return found;
}

/** A cluster folder's `/version` answer is a fact about it, not an object. */
export function isVersionFile(file: string): boolean {
  return basename(file) === 'version.json';
}

/** The kind that defines kinds. */
export const definingKind = 'CustomResourceDefinition';

/** The bodies of the CustomResourceDefinitions among objects. */
export function definitionsAmong(objects: readonly FileObject[]): readonly JsonObject[] {
  return objects.filter(({ kind }) => kind === definingKind).map(({ body }) => body);
}
