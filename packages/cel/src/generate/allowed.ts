let allowed: boolean | null = null;

/** True where code may be made from strings. Tried once, when it is first asked: a browser reports each attempt. */
export function isGenerationAllowed(): boolean {
  allowed ??= attempt();
  return allowed;
}

function attempt(): boolean {
  try {
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- that is the question
    return new Function('return true')() === true;
  } catch {
    return false;
  }
}
