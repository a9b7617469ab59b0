import { z } from 'zod';
import { errors, PlimsollError, type ErrorCode } from '../model/errors.ts';
import type { problemReplySchema } from './schemas.ts';

/** An RFC 9457 problem details object with our code. */
export type ProblemReply = z.infer<typeof problemReplySchema>;

const statusOf: Partial<Record<ErrorCode, number>> = {
  PLM1002: 400,
  PLM1005: 404,
  PLM1006: 400,
  PLM1007: 405,
  PLM1008: 403,
  PLM1009: 415,
  PLM1013: 400,
  PLM1016: 409,
  PLM1108: 401,
  PLM1110: 503,
  PLM1301: 400,
  PLM1302: 400,
  PLM1303: 400,
  PLM1324: 409,
  PLM1325: 409,
  PLM1508: 400,
  PLM1509: 400,
};

/** The answer for an error: a coded one with its own status, a bad query as 400, anything else as PLM1901, 500. */
export function problemReply(error: unknown): ProblemReply {
  if (error instanceof PlimsollError) return reply(error.code, error.problem.message, statusOf[error.code] ?? 500);
  if (error instanceof z.ZodError) return reply('PLM1002', queryText(error), 400);
  if (isClientError(error)) return malformedReply(error.message, error.statusCode);
  return reply('PLM1901', 'The server failed to answer; its log says why.', 500);
}

/** The answer for a path that does not exist. */
export function notFoundReply(path: string): ProblemReply {
  return reply('PLM1005', `There is no ${path}; /openapi.json lists what there is.`, 404);
}

/** The answer for a request that is not valid HTTP, or not ours to read: too large, no JSON, a path that is none. */
export function malformedReply(detail: string, status: number): ProblemReply {
  return reply('PLM1013', detail, status);
}

function reply(code: ErrorCode, detail: string, status: number): ProblemReply {
  const { title, remedy } = errors[code];
  return { type: 'about:blank', title, status, detail, code, remedy };
}

/** Fastify's own refusals: body too large, malformed JSON, unsupported media type. */
function isClientError(error: unknown): error is Error & { readonly statusCode: number } {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
}

/** What is wrong with a query, in one sentence a mistake. */
function queryText({ issues }: z.ZodError): string {
  return issues.map((issue) => issueText(issue)).join(' ');
}

function issueText({ path, message, ...issue }: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `There is no parameter ${issue.keys.join(', ')}.`;
  const name = path.join('.');
  if (issue.code === 'invalid_type' && (issue.expected === 'number' || issue.expected === 'int'))
    return `The parameter ${name} must be a whole number.`;
  return `The parameter ${name} is refused: ${message.replace(/^Invalid \w+: /, '')}.`;
}
