/** Kyverno's dialect: `evaluate("hash.sha256('a')", {}, kyverno())`. */
export { type KyvernoOptions, kyverno } from './environment/kyverno.ts';
export type { KyvernoHost, KyvernoQuestion } from './functions/kyverno/host.ts';
