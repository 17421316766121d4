import { OpenStackError } from '../src/errors.ts';
import { listStackEvents, withTypes } from '../src/openstack/heat/events.ts';
import { firstFailure, ofLastAction, type StackFailure } from '../src/openstack/heat/failure.ts';
import { listStackResources, type StackResource } from '../src/openstack/heat/resources.ts';
import type { StackRef } from '../src/openstack/heat/stacks.ts';
import { readConsoleLog } from '../src/openstack/nova/console-log.ts';
import { getServer } from '../src/openstack/nova/servers.ts';
import type { Run } from './run.ts';

/** How deep the cluster's template nests: the group of nodes, and each node's own stack. */
export const nestedDepth = 2;

/** The most characters of a reason that a thread is told. */
const longestReason = 300;

/** How much of a server's console helps to see where its first boot stopped. */
const consoleLines = 40;

/** Why a stack failed. */
export interface FailureExplanation {
  /** In words, and short. */
  readonly reason: string;
  /** For the operator: the end of the console of a server that never reported. */
  readonly detail: Readonly<Record<string, string>>;
}

/** What a stack failed at: its first failed resource and that one's reason, or else the stack's own. */
export async function explainFailure(
  run: Pick<Run, 'openstack' | 'signal' | 'log'>,
  ref: StackRef,
  statusReason: string,
): Promise<FailureExplanation> {
  const { openstack, signal } = run;
  const events = await listStackEvents(openstack.heat, ref, { nestedDepth }, signal);
  const resources = await listStackResources(openstack.heat, ref, { nestedDepth }, signal);
  const failure = firstFailure(ofLastAction(withTypes(events, resources), ref));
  if (failure === undefined) return { reason: shortened(statusReason), detail: {} };

  const { resource, resourceType, reason } = failure;
  const fault = resourceType === 'OS::Nova::Server' ? await serverFault(run, failure) : undefined;
  const more = fault === undefined || reason.includes(fault) ? '' : `; Nova says: ${fault}`;
  return {
    reason: `${resource}${resourceType && ` (${resourceType})`}: ${shortened(reason + more)}`,
    detail: await consoleDetail(run, failure, resources),
  };
}

/**
 * The first line, cut where a thread gets tired of it. Heat repeats a value that Nova refused, so that the text may hold
 * a server's user data, which is no thread's business.
 */
function shortened(reason: string): string {
  const [line = ''] = reason.replace(/[A-Za-z0-9+/=]{60,}/g, '…').split('\n', 1);
  return line.length <= longestReason ? line : `${line.slice(0, longestReason - 1)}…`;
}

async function serverFault(run: Pick<Run, 'openstack' | 'signal' | 'log'>, failure: StackFailure) {
  const server = await orNothing(run, () => getServer(run.openstack.nova, failure.resourceId, run.signal));
  return server?.fault;
}

/** A server that did not report in time may have said on its console where it stopped. */
async function consoleDetail(
  run: Pick<Run, 'openstack' | 'signal' | 'log'>,
  { reason, stack }: StackFailure,
  resources: readonly StackResource[],
): Promise<Record<string, string>> {
  const server = resources.find(({ type, stack: owner }) => type === 'OS::Nova::Server' && owner.id === stack.id);
  if (!reason.startsWith('WaitConditionTimeout') || server === undefined) return {};
  const log = await orNothing(run, () =>
    readConsoleLog(run.openstack.nova, server.id, { lines: consoleLines }, run.signal),
  );
  return log?.text === undefined ? {} : { server: server.id, console: log.text };
}

/** What Nova adds is worth having and nothing more: without it the failure is told all the same. */
async function orNothing<T>(
  { log, signal }: Pick<Run, 'signal' | 'log'>,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof OpenStackError)) throw error;
    signal.throwIfAborted();
    log.debug({ err: error }, 'Nova could not help to explain a failed stack');
    return undefined;
  }
}
