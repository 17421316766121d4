import { cancel } from './cancel.ts';
import type { Command } from './command.ts';
import { doctor } from './doctor.ts';
import { down } from './down.ts';
import { extend } from './extend.ts';
import { help } from './help.ts';
import { history } from './history.ts';
import { kubeconfig } from './kubeconfig.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { plan } from './plan.ts';
import { pods } from './pods.ts';
import { releases } from './releases.ts';
import { retry } from './retry.ts';
import { scale } from './scale.ts';
import { status } from './status.ts';
import { topology } from './topology.ts';
import { up } from './up.ts';
import { upgrade } from './upgrade.ts';

/** Every command, in the order in which help shows them. */
export const commands: readonly Command[] = [
  up,
  down,
  cancel,
  retry,
  extend,
  scale,
  upgrade,
  plan,
  status,
  list,
  pods,
  topology,
  kubeconfig,
  logs,
  releases,
  doctor,
  history,
  help,
];
