import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { testUsers } from '../../packages/testcluster/src/index.ts';

/** What of a page of a list tells how it goes on. */
interface Page {
  readonly items: readonly unknown[];
  readonly metadata: { readonly continue?: string };
}

/**
 * The least of a list: a paginated GET of all pods with JSON.parse, the objects let go. Arguments: URL, the CA's file.
 * Prints its milliseconds from connect to end, and how many pods there were.
 */
const [url = '', caFile = ''] = process.argv.slice(2);
const ca = readFileSync(caFile);
const headers = { authorization: `Bearer ${testUsers.admin.token}` };

function get(path: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    request(url + path, { ca, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Page));
    })
      .on('error', reject)
      .end();
  });
}

const started = process.hrtime.bigint();
let count = 0;
let next = '';
do {
  const page = await get(`/api/v1/pods?limit=500${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`);
  count += page.items.length;
  next = page.metadata.continue ?? '';
} while (next !== '');
process.stdout.write(`${JSON.stringify({ ms: Number(process.hrtime.bigint() - started) / 1e6, count })}\n`);
