import type { Problem } from '../../model/problem.ts';
import type { FilesEntry } from '../../sources/files/index.ts';
import type { KubernetesEntry } from '../../sources/kubernetes/index.ts';
import type { OptionName, OptionWord } from '../option-table.ts';

/** An entry of `sources`: a kind and its options; paths are relative to the working folder. */
export type SourceEntry =
  | { readonly kind: 'files'; readonly options: FilesEntry }
  | { readonly kind: 'kubernetes'; readonly options: KubernetesEntry };

/** A field of the configuration's document. */
export type ConfigurationPath = readonly (string | number)[];

/** What a plimsoll.yaml says. */
export interface Configuration {
  readonly file: string;
  /** It says nothing at all. */
  readonly isEmpty: boolean;
  /** What is watched; empty where the file says nothing of it. */
  readonly sources: readonly SourceEntry[];
  /** The options that the file gives a value. */
  readonly options: ReadonlyMap<OptionName, OptionWord>;
  /** The place of a problem with the field at `path`. */
  readonly place: (path: ConfigurationPath) => Pick<Problem, 'file' | 'line' | 'column'>;
}

/** A configuration as it was read, or everything that is wrong with it. */
export type ConfigurationReading =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly Problem[] };
