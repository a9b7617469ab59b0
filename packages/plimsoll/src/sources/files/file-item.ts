import type { JsonObject } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import type { FilePlace } from '../../model/resource.ts';
import type { TextPlace } from './field-place.ts';

/** Where the value at a path stands, or a place inside its text (see {@link fieldPlace}). */
export type Locate = (path: readonly (string | number)[], inside?: TextPlace) => TextPlace | null;

/** An object as a document or list item of a file holds it. */
export interface FileObject {
  readonly item: 'object';
  readonly apiVersion: string;
  readonly kind: string;
  readonly body: JsonObject;
  readonly place: FilePlace;
  /** 1-based, in the line of its place. */
  readonly column: number;
  /** Where a field stands in the file; only where `locatable` asked for it (it keeps the document's text). */
  readonly locate?: Locate;
}

/** What reading gives, in the order of the files: objects, problems, and a tally as each file ends. */
export type FileItem =
  | FileObject
  | { readonly item: 'problem'; readonly problem: Problem }
  /** `documents` counts documents and list items; `empty` those with nothing but comments; `unselected` those passed by. */
  | {
      readonly item: 'file';
      readonly file: string;
      readonly documents: number;
      readonly empty: number;
      readonly unselected: number;
    };

/**
 * Takes what reading gives, by the chunk that was read, and is waited for where it gives a promise. Items are handed
 * over, not awaited or yielded: what crosses an `await` of an asynchronous generator outlives collections of young
 * objects, which doubled the memory of a scan.
 */
export type TakeItems = (items: readonly FileItem[]) => void | Promise<void>;
