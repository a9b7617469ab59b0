import { z } from 'zod';
import { PlimsollError } from '../model/errors.ts';

/** Where a list goes on: the store's page, and how many of its items were given already. */
export interface PagePosition {
  readonly page: string | null;
  readonly skip: number;
}

const shape = z.tuple([z.string().nullable(), z.int().min(0)]);

/** An opaque token for a position. */
export function encodePageToken(position: PagePosition): string {
  return Buffer.from(JSON.stringify([position.page, position.skip])).toString('base64url');
}

/** The position of a token; the beginning where there is none. @throws PlimsollError PLM1002 for a text that we did not give out */
export function decodePageToken(token: string | undefined): PagePosition {
  if (token === undefined) return { page: null, skip: 0 };
  try {
    const [page, skip] = shape.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
    return { page, skip };
  } catch (error) {
    throw new PlimsollError('PLM1002', 'pageToken is none that this server gave.', {}, { cause: error });
  }
}
