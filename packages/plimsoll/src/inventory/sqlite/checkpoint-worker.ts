import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const database = new DatabaseSync(String(workerData));

parentPort?.on('message', () => {
  database.exec('PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(PASSIVE)');
  parentPort?.postMessage('done');
});
