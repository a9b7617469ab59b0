import type { Trial } from '../guardrails/trial.ts';
import type { World } from '../guardrails/world.ts';
import type { LogEvent, Store } from '../inventory/store.ts';
import { PlimsollError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
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

/** The part of a backend that writes, where nothing runs that would keep it. */
export const keepsNothing: Pick<Backend, 'keepWaiver' | 'endWaiver'> = { keepWaiver: refuse, endWaiver: refuse };

async function refuse(): Promise<never> {
  throw new PlimsollError('PLM1016', 'No server is running that would keep it.');
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
  /**
   * Puts a waiver in force and keeps it, as a file would hold it; `by`: whose token asked. Gives its name, once every
   * finding is held to it.
   *
   * @throws PlimsollError PLM1016 where nothing is kept; PLM1301, PLM1302, PLM1303, PLM1324
   */
  readonly keepWaiver: (document: JsonObject, by: string | null) => Promise<string>;
  /** Ends a waiver that is kept. @throws PlimsollError PLM1016 where nothing is; PLM1325 for one of a file */
  readonly endWaiver: (name: string) => Promise<void>;
  /** Evaluates a finding's guardrail again and says what came of each part. */
  readonly explain: (finding: Finding) => Promise<Explanation>;
  /** A guardrail that nobody keeps. @throws PlimsollError PLM1006 where the expression does not compile */
  readonly trial: (expression: string, type: string) => Trial;
  /** What is known beside the resources: what guardrails read, what clusters serve. */
  readonly world: World;
  /** What a finding's guardrail reads besides the resource: lists of other types. */
  readonly restsOn: (finding: Finding) => readonly Seen[];
  /** True while guardrails are being held against what is known: findings may open that nothing caused. */
  readonly judging: () => boolean;
  /** What is not ready yet, in words; empty: ready. A dead cluster is no part of it. */
  readonly unready: () => readonly string[];
  readonly configuration: () => ConfigurationState;
}
