import type { Logger } from '../../log.ts';
import type { CinderState } from './cinder/state.ts';
import type { FaultPlan } from './faults.ts';
import type { GlanceState } from './glance/state.ts';
import type { HeatState } from './heat/state.ts';
import type { KeystoneState } from './keystone/state.ts';
import type { NeutronState } from './neutron/state.ts';
import type { NovaState } from './nova/state.ts';
import type { OctaviaState } from './octavia/state.ts';
import type { Pacing, Work } from './pacing.ts';
import type { SwiftState } from './swift/state.ts';

/** The whole cloud: what every service knows, and what they share. */
export interface World {
  readonly log: Logger;
  /** Where everything is, without a slash at the end. */
  baseUrl: string;
  /** For what is too large for memory. */
  readonly directory: string;
  readonly pacing: Pacing;
  readonly faults: FaultPlan;
  readonly keystone: KeystoneState;
  readonly swift: SwiftState;
  readonly glance: GlanceState;
  readonly nova: NovaState;
  readonly neutron: NeutronState;
  readonly cinder: CinderState;
  readonly octavia: OctaviaState;
  readonly heat: HeatState;
  /** Does something when work of that kind is done; not any more once the cloud has closed. */
  later(work: Work, act: () => void): void;
}
