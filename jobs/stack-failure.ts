import { listStackEvents, withTypes } from '../src/openstack/heat/events.ts';
import { firstFailure, ofLastAction, type StackFailure } from '../src/openstack/heat/failure.ts';
import { listStackResources } from '../src/openstack/heat/resources.ts';
import type { StackRef } from '../src/openstack/heat/stacks.ts';
import { getServer } from '../src/openstack/nova/servers.ts';
import { explainBoot } from './boot-failure.ts';
import { orNothing } from './or-nothing.ts';
import type { Run } from './run.ts';

/** How deep the cluster's template nests: the group of nodes, and each node's own stack. */
export const nestedDepth = 2;

/** The most characters of a reason that a thread is told. */
const longestReason = 300;

/** Why a stack failed. */
export interface FailureExplanation {
  /** In words, and short. */
  readonly reason: string;
  /** What a server said whose first boot failed. */
  readonly excerpt: readonly string[];
  /** For the operator: which server that is. */
  readonly detail: Readonly<Record<string, string>>;
}

/**
 * What a stack failed at: a server whose first boot did, in that one's own words; else its first failed resource and
 * what Heat says of it, or else the stack's own reason.
 */
export async function explainFailure(run: Run, ref: StackRef, statusReason: string): Promise<FailureExplanation> {
  const { openstack, signal } = run;
  const events = await listStackEvents(openstack.heat, ref, { nestedDepth }, signal);
  const resources = await listStackResources(openstack.heat, ref, { nestedDepth }, signal);
  const failure = firstFailure(ofLastAction(withTypes(events, resources), ref));
  if (failure === undefined) return { reason: shortened(statusReason), excerpt: [], detail: {} };

  const boot = await explainBoot(run, failure, resources);
  if (boot === undefined) return { reason: await resourceReason(run, failure), excerpt: [], detail: {} };
  const { reason, excerpt, server } = boot;
  return { reason: shortened(reason), excerpt, detail: { server, heat: failure.reason } };
}

async function resourceReason(run: Run, failure: StackFailure): Promise<string> {
  const { resource, resourceType, reason } = failure;
  const fault = resourceType === 'OS::Nova::Server' ? await serverFault(run, failure) : undefined;
  const more = fault === undefined || reason.includes(fault) ? '' : `; Nova says: ${fault}`;
  return `${resource}${resourceType && ` (${resourceType})`}: ${shortened(reason + more)}`;
}

/**
 * The first line, cut where a thread gets tired of it. Heat repeats a value that Nova refused, so that the text may hold
 * a server's user data, which is no thread's business.
 */
function shortened(reason: string): string {
  const [line = ''] = reason.replace(/[A-Za-z0-9+/=]{60,}/g, '…').split('\n', 1);
  return line.length <= longestReason ? line : `${line.slice(0, longestReason - 1)}…`;
}

async function serverFault(run: Run, failure: StackFailure) {
  const server = await orNothing(run, () => getServer(run.openstack.nova, failure.resourceId, run.signal));
  return server?.fault;
}
