import type { Json } from '../../model/json.ts';

/** What a guardrail's message says that would mend what it is about. */
export interface MessageHints {
  /** Values that fields should have, by the field's name: a label's whole key, else the last word of the path. */
  readonly values: ReadonlyMap<string, Json>;
  /** Fields that should be left out. */
  readonly removed: ReadonlySet<string>;
  /** Flags of a command line that should be there: `--profiling=false`. */
  readonly flags: readonly string[];
}

/** `Set timeoutSeconds to 5`, `Set the label pod-security.kubernetes.io/enforce to baseline`. */
const setting = /\bset (?:the (?:label|annotation) )?([\w./-]+),? to (?:"([^"]*)"|'([^']*)'|([\w./%-]*[\w%]))/gi;
/** `Remove nodeName`, `Leave hostPort out`, `leave it out`. */
const removing = /\b(?:remove|leave) (?:the (?:label|annotation) )?([\w./-]*\w)/gi;
const flag = /--[a-z][\w-]*=[\w./:,-]*\w/g;

/**
 * Reads a message as people write it. What is no name of a field is harmless: edits are of fields that are wrong, or that
 * the guardrail reads, and are judged.
 */
export function messageHints(message: string): MessageHints {
  const values = new Map<string, Json>();
  for (const [, field = '', double, single, bare] of message.matchAll(setting))
    values.set(lastName(field), double ?? single ?? plain(bare ?? ''));
  const removed = new Set([...message.matchAll(removing)].map(([, field = '']) => lastName(field)));
  return { values, removed, flags: message.match(flag) ?? [] };
}

function lastName(field: string): string {
  return field.includes('/') ? field : (field.split('.').at(-1) ?? field);
}

function plain(word: string): Json {
  if (word === 'true' || word === 'false') return word === 'true';
  return /^\d{1,15}$/.test(word) ? Number(word) : word;
}
