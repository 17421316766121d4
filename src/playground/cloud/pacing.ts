import { setTimeout as sleep } from 'node:timers/promises';

/** How long things take: `none` for tests, `short` for a person who watches. */
export type Delays = 'none' | 'short';

/** Milliseconds that a real cloud spends on each kind of work, scaled down. */
const milliseconds = {
  none: { resource: 0, network: 0, server: 20, serverDelete: 5, balancer: 250, poll: 5, update: 0 },
  short: { resource: 200, network: 600, server: 4500, serverDelete: 1200, balancer: 3000, poll: 200, update: 300 },
} as const;

/** What the cloud waits for. */
export type Work = keyof (typeof milliseconds)['none'];

/** Lets work take its time. */
export interface Pacing {
  of(work: Work): number;
  /** Rejects when the signal fires. */
  spend(work: Work, signal?: AbortSignal): Promise<void>;
}

/** The pacing of a cloud. */
export function pacingOf(delays: Delays): Pacing {
  const of = (work: Work): number => milliseconds[delays][work];
  return {
    of,
    spend: (work, signal) => sleep(of(work), undefined, { signal, ref: true }),
  };
}
