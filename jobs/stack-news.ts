import type { DeploymentEventBody } from '../src/clusters/deployment.ts';
import type { StepName } from '../src/clusters/steps.ts';
import { listStackEvents, type StackEvent, withTypes } from '../src/openstack/heat/events.ts';
import { listStackResources, type StackResource } from '../src/openstack/heat/resources.ts';
import type { StackRef } from '../src/openstack/heat/stacks.ts';
import type { Run } from './run.ts';
import { nestedDepth } from './stack-failure.ts';

/** What a look inside a stack has brought. */
export interface StackNews {
  readonly events: readonly StackEvent[];
  readonly resources: readonly StackResource[];
  /** Id of the last event. */
  readonly place: string;
}

/** What has happened in a stack since an event that was told; the resources only if something has. */
export async function readStackNews(
  { openstack, signal }: Run,
  ref: StackRef,
  place: string | undefined,
): Promise<StackNews | undefined> {
  const events = await listStackEvents(openstack.heat, ref, { nestedDepth, marker: place || undefined }, signal);
  const last = events.at(-1);
  if (last === undefined) return undefined;
  const resources = await listStackResources(openstack.heat, ref, { nestedDepth }, signal);
  return { events: withTypes(events, resources), resources, place: last.id };
}

/** The events that a person follows a stack by: servers, their signals and the way in. */
export function milestonesIn({ events }: StackNews, step: StepName, attempt: number): DeploymentEventBody[] {
  return events.filter(isMilestone).map(({ resource, resourceType, status, reason }) => ({
    ...({ type: 'stack-event', step, attempt } as const),
    ...{ resource, resourceType, status, reason },
  }));
}

/** What failed is told when the step ends. */
function isMilestone({ resourceType, status }: StackEvent): boolean {
  const watched = ['OS::Nova::Server', 'OS::Heat::WaitCondition', 'OS::Neutron::FloatingIP'];
  return status === 'CREATE_COMPLETE' && watched.includes(resourceType);
}
