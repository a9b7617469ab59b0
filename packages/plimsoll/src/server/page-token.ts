import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PlimsollError } from '../model/errors.ts';

/** Where a list goes on: the store's page, and how many of its items were given already. */
export interface PagePosition {
  readonly page: string | null;
  readonly skip: number;
}

const shape = z.tuple([z.string().nullable(), z.int().min(0), z.string()]);

/** An opaque token for a position in the answer to `question`: a list and all that it was asked but for the page. */
export function encodePageToken(question: string, { page, skip }: PagePosition): string {
  return Buffer.from(JSON.stringify([page, skip, checksum(question, page, skip)])).toString('base64url');
}

/**
 * The position of a token; the beginning where there is none.
 *
 * @throws PlimsollError PLM1002 for a text that we did not give out, or gave out to another question
 */
export function decodePageToken(question: string, token: string | undefined): PagePosition {
  if (token === undefined) return { page: null, skip: 0 };
  const read = shape.safeParse(jsonOf(token));
  if (read.success && read.data[2] === checksum(question, read.data[0], read.data[1]))
    return { page: read.data[0], skip: read.data[1] };
  throw new PlimsollError('PLM1002', 'pageToken is none that this server gave to this list and these parameters.');
}

function jsonOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return null; // no token of ours
  }
}

/** Not against forgery, which would gain nothing: against mistakes, which would leave items out in silence. */
function checksum(question: string, page: string | null, skip: number): string {
  return createHash('sha256')
    .update(JSON.stringify([question, page, skip]))
    .digest('base64url')
    .slice(0, 12);
}
