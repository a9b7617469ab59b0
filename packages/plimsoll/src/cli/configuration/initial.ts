import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultPreset } from '../compose/policy-documents.ts';

const schemaFile = fileURLToPath(new URL('../../../plimsoll.schema.json', import.meta.url));

/** What an initial configuration is made of. */
interface Initial {
  /** Where it will stand. */
  readonly file: string;
  /** All contexts of the kubeconfig, and those to watch. */
  readonly contexts: readonly string[];
  readonly watched: readonly string[];
  readonly kubeconfig: string | undefined;
}

/** The text of a plimsoll.yaml to begin with: what is watched, and as comments what else there is to say. */
export function initialConfiguration({ file, contexts, watched, kubeconfig }: Initial): string {
  const folder = dirname(file);
  const others = contexts.filter((name) => !watched.includes(name));
  const entry = (name: string) => `- kubernetes: {context: ${quoted(name)}}`;
  return [
    `# yaml-language-server: $schema=${relative(resolve(folder), schemaFile)}`,
    '# The configuration of Plimsoll; all of it is optional. Paths are relative to this file. A running `plimsoll up` takes',
    '# changes over by itself, all of them or none. What else there is: docs/configuration.md.',
    '',
    ...(kubeconfig === undefined ? [] : [`kubeconfig: ${quoted(relative(folder, kubeconfig))}`, '']),
    ...(watched.length === 0 ? ['# sources:'] : ['sources:', ...watched.map((name) => `  ${entry(name)}`)]),
    ...others.map((name) => `  # ${entry(name)}`),
    '  # - kubernetes: {context: CONTEXT, name: prod-eu, namespaces: [shop], exclude: [core/events, core/secrets]}',
    '  # - files: {name: gitops, path: ./manifests}',
    '',
    '# What is held against them: presets, and files or folders of policies.',
    `guardrails: [${defaultPreset}]`,
    '# guardrails: [builtin:pod-security-restricted, ./guardrails]',
    '',
    '# Where everything is kept; left out: the state folder of your account.',
    '# store: sqlite:./plimsoll.db',
    '',
    '# Where the API is served. Beyond this machine it asks for tokens: lines of NAME:TOKEN in a file that others may not read.',
    'server:',
    '  listen: 127.0.0.1:7070',
    '  # listen: 0.0.0.0:7070',
    '  # tokens: ./tokens',
    '  # names: [plimsoll.example.org]',
    '  # tls: {cert: ./tls.crt, key: ./tls.key}',
    '',
    '# What goes to standard error.',
    '# log: {format: json, level: info}',
    '',
  ].join('\n');
}

/** A word as YAML has it in a flow mapping: as it is where that is safe, else quoted (a JSON string is a YAML one). */
function quoted(word: string): string {
  return /^[A-Za-z][\w./@-]*[\w]$/.test(word) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(word)
    ? word
    : JSON.stringify(word);
}
