import type { WaiverDocument } from '../../findings/waiver.ts';
import { readWaiver } from '../../guardrails/waiver-reading.ts';
import { PlimsollError } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { FindingItem } from '../../server/schemas.ts';
import type { Options } from '../option-table.ts';
import { millisecondsOf } from '../quantity-words.ts';

/**
 * The waiver that options describe: of `finding`, where there is one, all of whose like is covered, at whatever object of
 * the same owner; what options say outranks it.
 *
 * @throws PlimsollError PLM1002 for what is missing, PLM1301, PLM1302, PLM1303 for what makes no waiver
 */
export function writtenWaiver(
  name: string,
  options: Options,
  finding: FindingItem | null,
  now: number,
): WaiverDocument {
  const { reason } = options;
  if (reason === undefined)
    throw new PlimsollError('PLM1002', 'waivers add needs --reason TEXT: why this is accepted.');
  const optional = {
    selector: options.selector === undefined ? undefined : selectorOf(options.selector),
    where: options.where,
    owner: options.owner,
    approver: options.approver,
    ticket: options.ticket,
    expires: options.expires === undefined ? undefined : endOf(options.expires, now),
    expiresWhen: options['expires-when'],
  };
  const lists = {
    guardrails: options.guardrail,
    categories: options.category,
    advisories: options.advisory,
    sources: options.source,
    types: options.type,
    namespaces: options.namespace,
    names: options.name,
  };
  const document = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Waiver',
    metadata: { name },
    spec: {
      ...(finding === null ? {} : ofFinding(finding)),
      ...given(lists),
      ...given(optional),
      reason,
    },
  } as const;
  const { waiver, faults } = readWaiver({ source: 'files', origin: 'files', body: document, place: null });
  if (waiver === null) throw new PlimsollError('PLM1002', faults.map(({ message }) => message).join('\n'));
  return waiver.document;
}

/** What covers a finding, and what its owner makes in its place: pods have other names tomorrow. */
function ofFinding({ guardrail, resource, owner }: FindingItem): Record<string, string[]> {
  const { source, type, namespace, name } = resource;
  return {
    guardrails: [guardrail],
    // What runs is waived where it runs; what is written is not of one cluster.
    ...(source === 'files' ? {} : { sources: [source] }),
    ...(owner === null ? { types: [type] } : {}),
    ...(namespace === null ? {} : { namespaces: [namespace] }),
    names: owner === null ? [name] : [owner.name, `${owner.name}-*`],
  };
}

/** What of these is given. */
function given(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) kept[name] = value;
  return kept;
}

/** A day, a moment, or a span from now (`30d`). */
function endOf(text: string, now: number): string {
  const span = millisecondsOf(text);
  return span === null ? text : new Date(now + span).toISOString().slice(0, 19) + 'Z';
}

/** A selector as kubectl writes it: `app=web,tier!=edge,team,!legacy`. @throws PlimsollError PLM1002 */
function selectorOf(text: string): JsonObject {
  const matchExpressions = text.split(',').map((part) => {
    const [, not = '', key = '', operator = '', value = ''] =
      /^(!?)([^=!\s]+)(?:(==?|!=)(\S*))?$/.exec(part.trim()) ?? [];
    if (key === '' || (not !== '' && operator !== ''))
      throw new PlimsollError(
        'PLM1002',
        `--selector ${text}: "${part}" is none of KEY=VALUE, KEY!=VALUE, KEY and !KEY.`,
      );
    if (operator === '') return { key, operator: not === '' ? 'Exists' : 'DoesNotExist' };
    return { key, operator: operator === '!=' ? 'NotIn' : 'In', values: [value] };
  });
  return { matchExpressions };
}
