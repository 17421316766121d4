import { describe, expect, it } from 'vitest';
import type { StackEvent } from '../../../src/openstack/heat/events.ts';
import { firstFailure } from '../../../src/openstack/heat/failure.ts';

const root = { name: 'demo', id: 's0' };
const group = { name: 'demo-nodes-x', id: 's1' };
const node = { name: 'demo-nodes-x-m1-y', id: 's2' };

function failed(stack: StackEvent['stack'], resource: string, resourceType: string, reason: string): StackEvent {
  const ofStack = resource === stack.name;
  const at = new Date(0);
  const id = `${stack.id}-${resource}`;
  return {
    id,
    at,
    resource,
    resourceType,
    resourceId: '',
    stack,
    ofStack,
    status: 'CREATE_FAILED',
    action: 'CREATE',
    state: 'FAILED',
    reason,
  };
}

const quota = 'Forbidden: resources.server: Quota exceeded for ram (HTTP 403)';

describe('the first failure', () => {
  it('is that of the innermost resource, not what its stacks make of it', () => {
    const events = [
      failed(node, 'server', 'OS::Nova::Server', quota),
      failed(node, node.name, 'OS::Heat::Stack', `Resource CREATE failed: ${quota}`),
      failed(group, 'm1', 'node.yaml', `Forbidden: resources.m1.${quota}`),
      failed(root, 'nodes', 'OS::Heat::AutoScalingGroup', `Forbidden: resources.nodes.${quota}`),
      failed(root, root.name, 'OS::Heat::Stack', `Resource CREATE failed: ${quota}`),
    ];

    expect(firstFailure(events)).toEqual({ resource: 'server', resourceType: 'OS::Nova::Server', reason: quota });
  });

  it('is not that of a resource which was only stopped because of it', () => {
    const events = [
      failed(root, 'master', 'OS::Nova::Server', 'CREATE aborted (Task create from Server "master" cancelled)'),
      failed(root, 'floating_ip', 'OS::Neutron::FloatingIP', 'NotFound: no path to a router'),
    ];

    expect(firstFailure(events)?.resource).toBe('floating_ip');
  });

  it('leaves out the name of the resource at the start of the reason', () => {
    const events = [failed(group, 'm1', 'node.yaml', 'resources.m1: Property error: no such image')];

    expect(firstFailure(events)?.reason).toBe('Property error: no such image');
  });

  it('is that of the stack when no resource failed', () => {
    const events = [failed(root, root.name, 'OS::Heat::Stack', 'Timed out')];

    expect(firstFailure(events)).toEqual({ resource: 'demo', resourceType: 'OS::Heat::Stack', reason: 'Timed out' });
  });

  it('is none where nothing failed', () => {
    const fine = {
      ...failed(root, 'net', 'OS::Neutron::Net', 'state changed'),
      status: 'CREATE_COMPLETE',
      state: 'COMPLETE',
    };

    expect(firstFailure([fine])).toBeUndefined();
    expect(firstFailure([])).toBeUndefined();
  });
});
