import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const POLL_MS = 10;

/** What a finished process took. */
export interface Measured {
  /** From start to exit. */
  readonly wallMs: number;
  /** User and system time of all its threads, as of at most 10 ms before its end. */
  readonly cpuMs: number;
  /** Largest resident set. */
  readonly peakMb: number;
  readonly exitCode: number | null;
  readonly stdout: string;
}

/** Runs a program to its end and measures it from outside (Linux: /proc). Output beyond 64 KB is read and let go. */
export function measureProcess(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], env });
    let stdout = '';
    let cpuMs = 0;
    let peakMb = 0;
    const poll = (): void => {
      const found = usageOf(child.pid ?? 0);
      if (found !== null) ({ cpuMs, peakMb } = found);
    };
    const timer = setInterval(poll, POLL_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      if (stdout.length < 65_536) stdout += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (exitCode) => {
      clearInterval(timer);
      resolve({ wallMs: Number(process.hrtime.bigint() - started) / 1e6, cpuMs, peakMb, exitCode, stdout });
    });
  });
}

/** CPU time so far, largest and present resident set of a process; null when it has ended (Linux: /proc). */
export function usageOf(pid: number): { cpuMs: number; peakMb: number; residentMb: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
    const [peak, resident] = [kilobytes('VmHWM'), kilobytes('VmRSS')];
    // utime and stime, in hundredths of a second (proc(5), USER_HZ).
    return Number.isNaN(peak)
      ? null
      : {
          cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
          peakMb: peak / 1024,
          residentMb: resident / 1024,
        };
  } catch {
    return null; // it has ended
  }
}
