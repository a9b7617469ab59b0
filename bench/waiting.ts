/** Waits. */
export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits until something is so, at most so many milliseconds; gives how long it took, or null where it is not so by then. */
export async function until(done: () => boolean, patience: number, every = 20): Promise<number | null> {
  const began = performance.now();
  while (!done()) {
    if (performance.now() - began > patience) return null;
    await pause(every);
  }
  return performance.now() - began;
}
