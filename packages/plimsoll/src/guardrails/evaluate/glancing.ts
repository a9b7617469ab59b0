import type { Value } from '@plimsoll/cel';
import type { Excerpt } from '../../inventory/store.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { glimpse } from './judge.ts';
import type { Hearing } from './judge-entry.ts';
import { type NotPassed, skipFor, unknownFor } from './not-passed.ts';
import type { PlanEntry } from './plan.ts';

/** How often resources that were glanced at passed and were skipped. */
export interface Glances {
  pass: number;
  skip: number;
}

/** True where an excerpt has what was asked of its body, so that it can be glanced at. */
export function isRead(excerpt: Excerpt): excerpt is Excerpt & { readonly body: JsonObject } {
  return excerpt.body !== null;
}

const plainSkip = skipFor('');
const somethingElse = unknownFor('');

/** Judges without words, and counts. */
export class Glancing implements Hearing {
  passes = 0;
  skips = 0;
  found = false;

  judge(compiled: CompiledPolicy, namespaceObject: Value): NotPassed | null {
    const seen = glimpse(compiled, namespaceObject);
    return seen === 'pass' ? null : seen === 'skip' ? plainSkip : somethingElse;
  }

  pass(): void {
    this.passes += 1;
  }

  notPassed(_entry: PlanEntry, _resource: Resource, _param: string | null, { outcome, ignored }: NotPassed): void {
    if (outcome === 'skip' && ignored !== true) this.skips += 1;
    else this.found = true;
  }
}
