import { nearestName } from '@plimsoll/cel';
import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { z } from 'zod';
import { knownNames, pathText } from '../../guardrails/formats/document-faults.ts';
import { problem, type ErrorCode } from '../../model/errors.ts';
import { isJsonObject, member, type Json } from '../../model/json.ts';
import type { Problem } from '../../model/problem.ts';
import { fieldPlace, keyPlace, placeOf, type TextPlace } from '../../sources/files/field-place.ts';
import { UnreadableYaml } from '../../sources/files/unreadable-yaml.ts';
import { parseYaml, type YamlDocument } from '../../sources/files/yaml-document.ts';
import { sourceKinds } from '../../sources/registry.ts';
import { optionEntry, optionNames, type OptionName, type OptionWord } from '../option-table.ts';
import type { Configuration, ConfigurationPath, ConfigurationReading, SourceEntry } from './configuration.ts';
import { configurationSchema } from './file-schema.ts';

/** The largest configuration, in bytes. */
const largest = 1_048_576;

/** Reads a plimsoll.yaml, strictly: all that is wrong with it is told at once, each with its place. */
export async function readConfiguration(file: string): Promise<ConfigurationReading> {
  const text = await textOf(file);
  if (typeof text !== 'string') return { ok: false, problems: [text] };
  const document = documentOf(file, text);
  if ('code' in document) return { ok: false, problems: [document] };
  const value = document.empty ? {} : document.value;
  const faults = [
    ...document.repeated.map(({ key, offset }) =>
      problem('PLM1104', `the key ${key} stands twice`, { file, ...placeOf(text, 1, offset) }),
    ),
    ...schemaFaults(file, text, value),
  ];
  if (faults.length > 0) return { ok: false, problems: faults.sort(byPlace) };
  return { ok: true, configuration: configurationOf(file, text, value) };
}

function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** The text of the file, or why it cannot be read. */
async function textOf(file: string): Promise<string | Problem> {
  try {
    const found = await stat(file);
    if (!found.isFile()) return problem('PLM1101', `${file} is no file.`, { file });
    if (found.size > largest) return problem('PLM1101', `${file} has ${found.size} bytes.`, { file });
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    const why = error instanceof TypeError ? 'it is not UTF-8' : error instanceof Error ? error.message : String(error);
    return problem('PLM1101', `Cannot read ${file}: ${why}`, { file });
  }
}

function documentOf(file: string, text: string): YamlDocument | Problem {
  const fault = (message: string, offset: number): Problem =>
    problem('PLM1102', message, { file, ...placeOf(text, 1, offset) });
  const second = /(?<=\S[^]*\n)---(?=\s|$)/.exec(text.replace(/^---(?=\s)/, '   ').replaceAll(/^\s*#.*$/gm, blank));
  if (second !== null) return fault('a second document begins here; the configuration is one', second.index);
  try {
    const document = parseYaml(text);
    if (document.ignoredFrom !== null) return fault('what stands behind `...` is not read', document.ignoredFrom);
    return document;
  } catch (error) {
    if (!(error instanceof UnreadableYaml)) throw error;
    return fault(error.message, error.offset);
  }
}

const blank = (line: string): string => ' '.repeat(line.length);

/** What the schema finds wrong, one problem a fault; an unknown key names the nearest known one. */
function schemaFaults(file: string, text: string, value: Json): Problem[] {
  const issues = configurationSchema.safeParse(value).error?.issues ?? [];
  const unknown = new Set(issues.flatMap(({ code, path }) => (code === 'unrecognized_keys' ? [path.join('\0')] : [])));
  // A key that is misspelt is not missing as well.
  const told = issues.filter(({ code, path }) => code !== 'custom' || !unknown.has(path.join('\0')));
  return told.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code !== 'unrecognized_keys') return [faultAt(file, text, 'PLM1104', path, messageOf(issue, value))];
    return issue.keys.map((key) => {
      const known = knownNames(configurationSchema, path);
      const near = nearestName(key, known);
      const meant = near === null ? `; there are ${known.join(', ')}` : `; did you mean ${near}?`;
      return faultAt(file, text, 'PLM1103', [...path, key], `unknown key${meant}`, 'key');
    });
  });
}

function messageOf(issue: z.core.$ZodIssue, value: Json): string {
  const expected = expectedOf(issue);
  if (expected !== null && at(value, issue.path) === undefined) return `is required (${expected})`;
  if (issue.code === 'invalid_union' && expected !== null) return `expected ${expected}`;
  return issue.message.replace(/^Invalid \w+: /, '');
}

/** What kinds of value would do; null where it is not the kind that is wrong. */
function expectedOf(issue: z.core.$ZodIssue): string | null {
  if (issue.code === 'invalid_type') return issue.expected;
  if (issue.code !== 'invalid_union') return null;
  const kinds = issue.errors.flat().map((inner) => expectedOf(inner) ?? inner.message);
  return [...new Set(kinds)].join(' or ');
}

function at(value: Json, path: readonly PropertyKey[]): Json | undefined {
  let found: Json | undefined = value;
  for (const part of path)
    found = Array.isArray(found) ? (found as readonly Json[])[Number(part)] : member(found, String(part));
  return found;
}

function faultAt(
  file: string,
  text: string,
  code: ErrorCode,
  path: ConfigurationPath,
  message: string,
  at: 'key' | 'value' = 'value',
): Problem {
  const place = (at === 'key' ? keyPlace(text, path) : null) ?? placeNear(text, path);
  return problem(code, path.length === 0 ? message : `${pathText(path)}: ${message}`, { file, ...place });
}

/** Where the field at `path` stands, or the nearest one above it that stands somewhere. */
function placeNear(text: string, path: ConfigurationPath): TextPlace | null {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = fieldPlace(text, 1, path.slice(0, length), null) ?? keyPlace(text, path.slice(0, length));
    if (found !== null) return found;
  }
  return null;
}

/** What a document that fits the schema says; its paths made relative to the working folder. */
function configurationOf(file: string, text: string, value: Json): Configuration {
  const folder = dirname(file);
  const options = new Map<OptionName, OptionWord>();
  for (const name of optionNames) {
    const entry = optionEntry(name);
    const found = entry.file === undefined ? undefined : at(value, entry.file.split('.'));
    if (found === undefined) continue;
    const word = found as OptionWord; // the schema is made from this entry
    options.set(name, entry.path === true ? fromFolder(folder, word) : word);
  }
  const sources = member(value, 'sources');
  return {
    file,
    isEmpty: isJsonObject(value) && Object.keys(value).length === 0,
    sources: (Array.isArray(sources) ? sources : []).map((entry: Json) => sourceEntry(folder, entry)),
    options,
    place: (path) => ({ file, line: null, column: null, ...placeNear(text, path) }),
  };
}

function sourceEntry(folder: string, entry: Json): SourceEntry {
  const [kind = ''] = isJsonObject(entry) ? Object.keys(entry) : [];
  const given = member(entry, kind);
  const paths: readonly string[] = Object.values(sourceKinds).find(({ id }) => id === kind)?.paths ?? [];
  const options = Object.fromEntries(
    Object.entries(isJsonObject(given) ? given : {}).map(([name, value]) => [
      name,
      paths.includes(name) ? fromFolder(folder, value as OptionWord) : value,
    ]),
  );
  return { kind, options } as SourceEntry; // the schema is made from the registry
}

/** A path of the file, or several, as it is from the working folder. */
function fromFolder(folder: string, word: OptionWord): OptionWord {
  if (typeof word !== 'string') return Array.isArray(word) ? word.map((one) => String(fromFolder(folder, one))) : word;
  const [, scheme = '', path = ''] = /^(builtin:|sqlite:)?(.*)$/s.exec(word) ?? [];
  return scheme === 'builtin:' || isAbsolute(path) ? word : scheme + join(folder, path);
}
