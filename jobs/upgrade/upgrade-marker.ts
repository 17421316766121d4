import type { UpdateMarker } from '../stack-update.ts';

/** Where a server is in its upgrade. */
export type Phase = 'draining' | 'upgrading' | 'joining';

/** The server that is being upgraded. */
export interface CurrentServer {
  readonly name: string;
  readonly phase: Phase;
  /** When the phase began, in milliseconds since the epoch. */
  readonly since: number;
  /** Pods are kept from it by this very step, which lets them come again in the end. */
  readonly cordoned: boolean;
}

/** What the step `upgrade` remembers from one look to the next. */
export interface UpgradeMarker {
  /** Names of the servers that have the new version. */
  readonly done: readonly string[];
  readonly current?: CurrentServer;
  /** The update by which nodes that are added later get the new version, too. */
  readonly update?: UpdateMarker;
}

/** Reads a marker back; that of a step which has not begun for none. */
export function parseUpgradeMarker(marker: string | undefined): UpgradeMarker {
  return marker === undefined ? { done: [] } : JSON.parse(marker);
}
