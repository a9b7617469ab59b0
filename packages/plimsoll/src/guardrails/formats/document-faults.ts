import { formatIssue, type Issue, nearestName } from '@plimsoll/cel';
import type { z } from 'zod';
import { problem } from '../../model/errors.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import { member } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import type { FieldPath, PolicyDocument } from '../policy.ts';

/** `spec.validations[0].expression`; keys that are no identifiers are quoted in brackets. */
export function pathText(path: FieldPath): string {
  return path
    .map((part) => {
      if (typeof part === 'number') return `[${part}]`;
      return /^[A-Za-z_$][\w$]*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
    })
    .join('')
    .replace(/^\./, '');
}

/** A problem at a field of a policy's document, with file:line:column where the document's reader knows them. */
export function documentFault(document: PolicyDocument, code: ErrorCode, path: FieldPath, message: string): Problem {
  const { place, body, source } = document;
  const found = locateNearest(document, path);
  const name = member(body['metadata'], 'name');
  return problem(code, path.length === 0 ? message : `${pathText(path)}: ${message}`, {
    source,
    file: place?.file ?? null,
    document: place?.document ?? null,
    line: found?.line ?? place?.line ?? null,
    column: found?.column ?? null,
    subject: `${String(body['kind'])} ${typeof name === 'string' ? name : '(unnamed)'}`,
  });
}

/** A fault inside an expression: at its place in the file where that can be told, with the caret under it. */
export function expressionFault(document: PolicyDocument, path: FieldPath, source: string, issue: Issue): Problem {
  const fault = documentFault(document, 'PLM1303', path, `does not compile\n${formatIssue(source, issue)}`);
  const inside = document.locate?.(path, issue.position) ?? null;
  return inside === null ? fault : { ...fault, line: inside.line, column: inside.column };
}

/**
 * What a zod schema found wrong with the field at `base`, one problem a fault; an unknown field names the nearest known
 * one. `schema` is the same schema, from which the known names are taken.
 */
export function schemaFaults(
  document: PolicyDocument,
  error: z.ZodError,
  schema: z.ZodType,
  base: FieldPath = [],
): Problem[] {
  return error.issues.flatMap((issue) => {
    const inner = issue.path.filter((part) => typeof part !== 'symbol');
    const path = [...base, ...inner];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => {
        const known = nearestName(key, knownNames(schema, inner));
        const meant = known === null ? '' : `; did you mean "${known}"?`;
        return documentFault(document, 'PLM1301', [...path, key], `unknown field${meant}`);
      });
    const missing = issue.code === 'invalid_type' && valueAt(document.body, path) === undefined;
    const message = missing ? `is required (${issue.expected})` : issue.message.replace(/^Invalid input: /, '');
    return [documentFault(document, 'PLM1302', path, message)];
  });
}

function locateNearest(document: PolicyDocument, path: FieldPath): { line: number; column: number } | null {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = document.locate?.(path.slice(0, length));
    if (found !== undefined && found !== null) return found;
  }
  return null;
}

/** What stands in a document at a path. */
export function valueAt(body: Json, path: FieldPath): Json | undefined {
  let value: Json | undefined = body;
  for (const part of path) {
    if (Array.isArray(value)) value = (value as readonly Json[])[Number(part)];
    else value = member(value, String(part));
  }
  return value;
}

/** The names that a schema knows at a path; none where it is no object there. */
export function knownNames(schema: z.ZodType, path: FieldPath): string[] {
  let level: z.core.$ZodType | undefined = schema;
  for (const part of path) {
    const def: z.core.$ZodTypeDef | undefined = inside(level);
    if (def === undefined) return [];
    if (def.type === 'object') level = (def as z.core.$ZodObjectDef).shape[String(part)];
    else if (def.type === 'array') level = (def as z.core.$ZodArrayDef).element;
    else return [];
  }
  const def = inside(level);
  return def?.type === 'object' ? Object.keys((def as z.core.$ZodObjectDef).shape) : [];
}

/** The definition behind optional, nullable and default wrappers. */
function inside(schema: z.core.$ZodType | undefined): z.core.$ZodTypeDef | undefined {
  let def = schema?._zod.def;
  while (def !== undefined && 'innerType' in def) def = (def as z.core.$ZodOptionalDef).innerType._zod.def;
  return def;
}
