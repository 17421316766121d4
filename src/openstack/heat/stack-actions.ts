import type { ServiceClient } from '../service-client.ts';
import type { StackRef } from './stacks.ts';

/**
 * POST …/actions: stops an update under way and leads the stack back to what it was, to ROLLBACK_COMPLETE. 400 when no
 * update is under way, with the state the stack is in instead.
 */
export function rollBackUpdate(heat: ServiceClient, ref: StackRef, signal?: AbortSignal): Promise<void> {
  return act(heat, ref, 'cancel_update', `Rolling back the update of the Heat stack ${ref.name}`, signal);
}

/**
 * POST …/actions: stops a creation or an update where it is; the stack becomes CREATE_FAILED or UPDATE_FAILED at once,
 * though what is inside it goes on for some seconds. 400 when neither is under way, with the state the stack is in
 * instead.
 */
export function cancelStack(heat: ServiceClient, ref: StackRef, signal?: AbortSignal): Promise<void> {
  return act(heat, ref, 'cancel_without_rollback', `Cancelling the work on the Heat stack ${ref.name}`, signal);
}

/**
 * POST …/actions: lets Heat look whether what the stack is made of is still there; the stack becomes CHECK_COMPLETE, or
 * CHECK_FAILED with what is missing. Only for a stack at rest: Heat takes it at any time, and then the check takes the
 * place of a creation or even a deletion under way.
 */
export function checkStack(heat: ServiceClient, ref: StackRef, signal?: AbortSignal): Promise<void> {
  return act(heat, ref, 'check', `Checking the Heat stack ${ref.name}`, signal);
}

async function act(
  heat: ServiceClient,
  ref: StackRef,
  action: 'cancel_update' | 'cancel_without_rollback' | 'check',
  doing: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await heat.call('POST', ['stacks', ref.name, ref.id, 'actions'], {
    doing,
    ok: [200],
    body: { [action]: null },
    signal,
  });
}
