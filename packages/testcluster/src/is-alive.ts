import { hasCode } from './system-error.ts';

/** Whether a process of this id runs: signal 0 reaches it, or may not because it is another user's (kill(2), EPERM). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
