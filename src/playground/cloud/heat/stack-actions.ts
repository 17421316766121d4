import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, readJson } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import type { World } from '../world.ts';
import { setResourceState, setStackState, tellOfResource } from './engine/events.ts';
import { cancelStack, rollBackStack } from './engine/stack-lifecycle.ts';
import { badRequest, missing } from './errors.ts';
import { checkProject, resourceInPath, stackInPath } from './find-stack.ts';
import { acceptSignal } from './resources/wait-condition-handle.ts';
import type { Stack } from './state.ts';

const actions: Readonly<Record<string, (world: World, stack: Stack) => void>> = {
  check,
  cancel_update: (world, stack) => {
    if (stack.action !== 'UPDATE' || stack.status !== 'IN_PROGRESS') throw notNow('Cancelling update', stack);
    rollBackStack(world, stack);
  },
  cancel_without_rollback: (_, stack) => {
    const isCancellable = ['CREATE', 'UPDATE'].includes(stack.action) && stack.status === 'IN_PROGRESS';
    if (!isCancellable) throw notNow('Cancelling update', stack);
    cancelStack(stack);
  },
  suspend: (_, stack) => {
    throw notNow('Suspending a stack', stack);
  },
  resume: (_, stack) => {
    throw notNow('Resuming a stack', stack);
  },
};

/** POST /stacks/:name/:id/actions. Nothing here can be suspended. */
export async function actOnStack(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const stack = stackInPath(world, exchange, caller, true);
  const [action = '', ...others] = Object.keys(await readJson(exchange));
  if (others.length > 0) throw badRequest('Multiple actions specified');
  const act = actions[action];
  if (act === undefined) throw badRequest(`Invalid action ${action} specified`);
  act(world, stack);
  return { status: 200, body: null };
}

/** POST …/resources/:resource/signal, by the stack's owner or by a user whom Heat made for it. */
export async function signalResource(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const target = stackToSignal(world, exchange, caller);
  if (target.action === 'DELETE')
    throw new ApiError(400, 'NotSupported', 'Signal resource during DELETE is not supported.');
  const resource = resourceInPath(target, exchange);
  const details = await readJson(exchange);
  if (world.faults.strikes('signal'))
    throw new ApiError(503, 'HTTPServiceUnavailable', 'Heat could not be reached from the server.');
  if (resource.type !== 'OS::Heat::WaitConditionHandle') {
    throw new ApiError(400, 'ResourceActionNotSupported', 'signal is not supported for resource.');
  }
  const reason = acceptSignal(resource, details);
  if (reason !== undefined) tellOfResource(world, target, resource, 'SIGNAL_COMPLETE', `Signal: ${reason}`);
  return { status: 200, body: null };
}

/** PATCH …/resources/:resource: marks it as broken, so that the next update replaces it, or as sound again. */
export async function markResource(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const stack = stackInPath(world, exchange, caller, true);
  const { mark_unhealthy: broken, resource_status_reason: reason } = await readJson(exchange);
  if (typeof broken !== 'boolean') {
    throw badRequest(`Unrecognized value "${broken}" for "mark_unhealthy", acceptable values are: true, false.`);
  }
  const resource = resourceInPath(stack, exchange);
  const why = typeof reason === 'string' ? reason : 'state changed by resource_mark_unhealthy api';
  if (broken || resource.status === 'FAILED') {
    setResourceState(world, stack, resource, 'CHECK', broken ? 'FAILED' : 'COMPLETE', why);
  }
  return { status: 200, body: null };
}

function stackToSignal(world: World, exchange: Exchange, caller: Caller): Stack {
  checkProject(exchange, caller);
  const found = world.heat.stacks.get(exchange.params.id ?? '');
  const isMine = found?.owner.projectId === caller.projectId || found?.userProjectId === caller.projectId;
  if (found === undefined || !isMine || found.deletedAt !== undefined)
    throw missing('Stack', exchange.params.name ?? '');
  return found;
}

/** Everything is always there, so a check finds nothing amiss. One that comes in between real work is overlooked. */
function check(world: World, stack: Stack): void {
  if (stack.status === 'IN_PROGRESS') return;
  setStackState(world, stack, 'CHECK', 'IN_PROGRESS', 'Stack CHECK started');
  world.later('poll', () => {
    if (stack.action === 'CHECK')
      setStackState(world, stack, 'CHECK', 'COMPLETE', 'Stack CHECK completed successfully');
  });
}

function notNow(doing: string, { action, status }: Stack): ApiError {
  return new ApiError(400, 'NotSupported', `${doing} when stack is ${action}_${status} is not supported.`);
}
