import type { Clock } from '../../model/clock.ts';
import { systemClock } from '../../model/clock.ts';
import { openDispatcher } from './dispatcher.ts';
import type { Connect } from './dispatcher.ts';

/** What a cluster's source takes from outside: time, chance and connections. */
export interface Surroundings {
  readonly clock: Clock;
  /** From 0 to below 1, for waits that many watchers shall not spend alike. */
  readonly random: () => number;
  readonly connect: Connect;
}

/** This machine's. */
export const ownSurroundings: Surroundings = { clock: systemClock, random: Math.random, connect: openDispatcher };
