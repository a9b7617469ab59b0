import { ApiFailure } from './failure.ts';
import type { KubeContext } from './kubeconfig.ts';
import { ownSurroundings } from './surroundings.ts';
import { Transport } from './transport.ts';

/** Why a cluster does not answer within so many milliseconds; null where it does, be it with a refusal. */
export async function silenceOf(context: KubeContext, milliseconds: number): Promise<string | null> {
  const transport = new Transport(context, milliseconds, ownSurroundings);
  const signal = AbortSignal.timeout(milliseconds);
  try {
    const { body } = await transport.get('/version', { signal });
    await body.dump();
    return null;
  } catch (error) {
    if (signal.aborted) return `no answer within ${milliseconds / 1000} s`;
    if (!(error instanceof ApiFailure)) throw error;
    return error.status === null ? error.message : null;
  } finally {
    await transport.close();
  }
}
