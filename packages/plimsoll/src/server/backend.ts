import type { Trial } from '../guardrails/trial.ts';
import type { LogEvent, Store } from '../inventory/store.ts';
import type { Finding } from '../model/finding.ts';
import type { Problem } from '../model/problem.ts';
import type { Explanation, GuardrailItem, WaiverItem } from './schemas.ts';
import type { Seen } from './stale.ts';

/** The configuration of a server as it runs. */
export interface ConfigurationState {
  /** Null where there is none. */
  readonly file: string | null;
  /** When it was taken over; milliseconds since 1970. */
  readonly since: number;
  /** Why what the files say now is not in force; empty where it is. */
  readonly problems: readonly Problem[];
}

/** The configuration where nothing runs. */
export const noConfiguration = (): ConfigurationState => ({ file: null, since: Date.now(), problems: [] });

/** What the API is served from. */
export interface Backend {
  readonly store: Store;
  /** Tells of events in order of seq, each only after its transaction is durable; gives the way to end it. */
  readonly subscribe: (listener: (events: readonly LogEvent[]) => void) => () => void;
  readonly guardrails: () => readonly GuardrailItem[];
  readonly waivers: () => Promise<readonly WaiverItem[]>;
  /** Evaluates a finding's guardrail again and says what came of each part. */
  readonly explain: (finding: Finding) => Promise<Explanation>;
  /** A guardrail that nobody keeps. @throws PlimsollError PLM1006 where the expression does not compile */
  readonly trial: (expression: string, type: string) => Trial;
  /** What a finding's guardrail reads besides the resource: lists of other types. */
  readonly restsOn: (finding: Finding) => readonly Seen[];
  /** True while guardrails are being held against what is known: findings may open that nothing caused. */
  readonly judging: () => boolean;
  /** What is not ready yet, in words; empty: ready. A dead cluster is no part of it. */
  readonly unready: () => readonly string[];
  readonly configuration: () => ConfigurationState;
}
