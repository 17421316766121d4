import { pythonJson } from '../../support/values.ts';
import type { Resource } from '../state.ts';
import { poll } from './poll.ts';
import { property, type ResourceLook, type ResourceType, type ResourceWork } from './resource-type.ts';
import { acceptSignal, signalsInSwift } from './wait-condition-handle.ts';

/** How long anybody waits when it is planned that no signal ever comes. */
const shortestPatienceMs = 15_000;

/** OS::Heat::WaitCondition */
export const waitCondition: ResourceType = {
  properties: {
    handle: property('string', { required: true }),
    timeout: property('number', { required: true, updatable: true, range: { min: 1, max: 43_200 } }),
    count: property('integer', { default: 1, updatable: true, range: { min: 1 } }),
  },
  attributes: ['data'],
  create: waitForSignals,
  update: waitForSignals,
  attribute(look, name) {
    if (name !== 'data') return null;
    const signals = handleOf(look)?.signals ?? new Map();
    return pythonJson(Object.fromEntries([...signals].map(([id, { data }]) => [id, data])));
  },
  // Nothing outside of Heat stands for it.
  reference: ({ resource }) => resource.physicalName,
};

async function waitForSignals(work: ResourceWork): Promise<void> {
  const { world, properties } = work;
  const handle = handleOf(work);
  if (handle === undefined) throw named('ValueError', `${properties.handle} is not a valid wait condition handle.`);
  const count = Number(properties.count);
  const timeoutMs = Number(properties.timeout) * 1000;
  const patienceMs = world.faults.strikes('signal') ? Math.min(timeoutMs, shortestPatienceMs) : timeoutMs;
  const end = Date.now() + patienceMs;
  await poll(work, () => {
    if (Date.now() >= end) throw named('WaitConditionTimeout', timeoutMessage(handle, count));
    lookForSignals(work, handle);
    const failures = [...handle.signals.values()].filter(({ status }) => status !== 'SUCCESS');
    if (failures.length > 0) throw named('WaitConditionFailure', failures.map(({ reason }) => reason).join(';'));
    return handle.signals.size >= count;
  });
}

/** The transports for which Heat must look itself. */
function lookForSignals({ world, stack }: ResourceWork, handle: Resource): void {
  const transport = handle.properties.signal_transport;
  if (transport === 'NO_SIGNAL') acceptSignal(handle, {});
  if (transport !== 'TEMP_URL_SIGNAL') return;
  const body = signalsInSwift(world, stack, handle);
  if (body !== undefined) throw new Error(`Failed to parse JSON data: b'${body}'`);
}

/** The handle is found by what it is referred to as. */
function handleOf({ stack, resource }: ResourceLook): Resource | undefined {
  const reference = resource.properties.handle;
  return [...stack.resources.values()].find(
    ({ type, physicalId }) => type === 'OS::Heat::WaitConditionHandle' && physicalId !== '' && physicalId === reference,
  );
}

function timeoutMessage(handle: Resource, count: number): string {
  const reasons = [...handle.signals.values()].map(({ reason }) => reason);
  const received = `${reasons.length} of ${count} received`;
  return reasons.length === 0 ? received : `${received} - ${reasons.join(';')}`;
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
