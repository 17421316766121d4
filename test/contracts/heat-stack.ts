import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import type { Stack } from '../../src/openstack/heat/stack.ts';
import { deleteStack, findStack, getStack, type StackRef } from '../../src/openstack/heat/stacks.ts';
import { connect } from '../../src/openstack/openstack.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { eventually } from './support.ts';

/** Waits until Heat has done with a stack, one way or the other; answers it with its outputs. */
export async function settled(heat: ServiceClient, ref: StackRef): Promise<Stack> {
  await eventually(async () => {
    const { state } = await getStack(heat, ref, { resolveOutputs: false });
    return state === 'IN_PROGRESS' ? undefined : state;
  });
  return getStack(heat, ref, { resolveOutputs: true });
}

/** Deletes a stack if there is one, and waits until its name is free. */
export async function removed(heat: ServiceClient, name: string): Promise<void> {
  const stack = await findStack(heat, name);
  if (stack === undefined) return;
  await deleteStack(heat, stack);
  await eventually(async () => ((await findStack(heat, name)) === undefined ? true : undefined));
}

/** What the attribute `signal` of a wait condition's handle says, for HEAT_SIGNAL. */
interface HandleSignal {
  alarm_url: string;
  auth_url: string;
  user_id: string;
  password: string;
  project_id: string;
}

/** Does what a node does at the end of its first boot: logs in as the user of its signal and reports. The status. */
export async function sendSignal(handleSignal: string, report: object): Promise<number> {
  const signal: HandleSignal = JSON.parse(handleSignal);
  const env = {
    OS_AUTH_URL: signal.auth_url,
    OS_USER_ID: signal.user_id,
    OS_PASSWORD: signal.password,
    OS_PROJECT_ID: signal.project_id,
  };
  const node = connect(readCloud(undefined, env), { log: silentLogger() });
  const { token } = await node.keystone.authentication();
  const { status } = await fetch(signal.alarm_url, {
    method: 'POST',
    headers: { 'x-auth-token': token.reveal(), 'content-type': 'application/json' },
    body: JSON.stringify(report),
  });
  await node.close();
  return status;
}
