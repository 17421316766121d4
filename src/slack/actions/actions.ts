import { actionIds } from '../views/buttons.ts';
import type { Action } from './action.ts';
import { approve } from './approve.ts';
import { bringUp } from './bring-up.ts';
import { cancel } from './cancel.ts';
import { change } from './change.ts';
import { deny } from './deny.ts';
import { extend } from './extend.ts';
import { keep } from './keep.ts';
import { kubeconfig } from './kubeconfig.ts';
import { log } from './log.ts';
import { pods } from './pods.ts';
import { retry } from './retry.ts';
import { scale } from './scale.ts';
import { tearDown, tearDownWithVolumes } from './tear-down.ts';
import { tellMe } from './tell-me.ts';
import { topology } from './topology.ts';

/** Every button by the id that cards carry. */
export const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  [actionIds.bringUp, bringUp],
  [actionIds.approve, approve],
  [actionIds.deny, deny],
  [actionIds.change, change],
  [actionIds.tearDown, tearDown],
  [actionIds.tearDownWithVolumes, tearDownWithVolumes],
  [actionIds.cancel, cancel],
  [actionIds.log, log],
  [actionIds.kubeconfig, kubeconfig],
  [actionIds.pods, pods],
  [actionIds.retry, retry],
  [actionIds.extend, extend],
  [actionIds.keep, keep],
  [actionIds.topology, topology],
  [actionIds.scale, scale],
  [actionIds.tellMe, tellMe],
]);
