import { waiverDocument } from '../findings/waiver.ts';
import { PlimsollError } from '../model/errors.ts';
import type { Backend } from './backend.ts';
import { list, one, ready, type Route } from './route.ts';
import * as schemas from './schemas.ts';

/** Waivers: those of files, and those that the API keeps. */
export const waiverRoutes: readonly Route[] = [
  list(
    '/v1/waivers',
    'Who accepted what, why, and until when; and what an audit says of it',
    schemas.pageQuerySchema,
    schemas.waiverSchema,
    async ({ waivers, judging }) => ({ ...ready(await waivers()), judging: judging() }),
  ),
  one('/v1/waivers/:name', 'One waiver', schemas.waiverSchema, async (backend, { name = '' }) =>
    waiverNamed(backend, name),
  ),
  {
    method: 'post',
    path: '/v1/waivers',
    summary: 'Put a waiver in force, and keep it; the body is the document that a file would hold',
    query: schemas.noQuerySchema,
    body: waiverDocument,
    answer: schemas.waiverSchema,
    status: 201,
    handle: async (backend, query, _, { body, holder }) => {
      schemas.noQuerySchema.parse(query);
      const name = await backend.keepWaiver(body ?? {}, holder);
      return await waiverNamed(backend, name);
    },
  },
  {
    method: 'delete',
    path: '/v1/waivers/:name',
    summary: 'End a waiver that the API keeps; answers with it as it was',
    query: schemas.noQuerySchema,
    body: null,
    answer: schemas.waiverSchema,
    status: 200,
    handle: async (backend, query, { name = '' }) => {
      schemas.noQuerySchema.parse(query);
      const found = await waiverNamed(backend, name);
      await backend.endWaiver(name);
      return found;
    },
  },
];

/** @throws PlimsollError PLM1005 */
async function waiverNamed({ waivers }: Backend, name: string): Promise<schemas.WaiverItem> {
  const found = (await waivers()).find((item) => item.name === name);
  if (found === undefined) throw new PlimsollError('PLM1005', `There is no waiver ${name}.`);
  return found;
}
