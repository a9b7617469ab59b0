import { request } from 'node:https';
import { testUsers } from '../../packages/testcluster/src/index.ts';

/** The least of a watch: notes when the first event of each pod arrives. Arguments: URL, CA. */
const [url = '', ca = ''] = process.argv.slice(2);
let rest = '';
const buffered: string[] = [];

request(
  `${url}/api/v1/namespaces/bench/pods?watch=1`,
  { ca, headers: { authorization: `Bearer ${testUsers.admin.token}` } },
  (answer) => {
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      const at = process.hrtime.bigint();
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const name = /"name":"(pod-\d+)"/.exec(line)?.[1];
        if (name !== undefined && line.startsWith('{"type":"ADDED"'))
          buffered.push(JSON.stringify({ name, at: String(at) }));
      }
    });
  },
).end();

// Told at the end: printing each would take time that is measured.
process.once('SIGTERM', () => {
  process.stdout.write(`${buffered.join('\n')}\n`, () => process.exit(0));
});
