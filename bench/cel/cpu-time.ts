/** Microseconds of CPU that some work takes, with what V8 does for it in threads of its own. */
export function cpuMicroseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
