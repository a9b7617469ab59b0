import { get } from 'node:http';

/** A client of our stream: notes when the first finding of each pod arrives. Argument: the server's URL. */
const [url = ''] = process.argv.slice(2);
let rest = '';
const seen = new Map<string, bigint>();

get(`${url}/v1/stream?kinds=finding`, (answer) => {
  answer.setEncoding('utf8');
  answer.on('data', (chunk: string) => {
    const at = process.hrtime.bigint();
    const events = (rest + chunk).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      if (!event.startsWith('event: finding')) continue;
      const name = /"name":"(pod-\d+)"/.exec(event)?.[1];
      if (name !== undefined && !seen.has(name)) seen.set(name, at);
    }
  });
});

process.once('SIGTERM', () => {
  const lines = [...seen].map(([name, at]) => JSON.stringify({ name, at: String(at) }));
  process.stdout.write(`${lines.join('\n')}\n`, () => process.exit(0));
});
