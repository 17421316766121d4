import { describe, expect, it } from 'vitest';
import { type StackEvent, withTypes } from '../../../src/openstack/heat/events.ts';
import { firstFailure, ofLastAction } from '../../../src/openstack/heat/failure.ts';
import type { StackResource } from '../../../src/openstack/heat/resources.ts';

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

    expect(firstFailure(events)).toEqual({
      resource: 'server',
      resourceType: 'OS::Nova::Server',
      resourceId: '',
      stack: node,
      reason: quota,
    });
  });

  it('is not that of a resource which was only stopped because of it', () => {
    const events = [
      failed(root, 'master', 'OS::Nova::Server', 'CREATE aborted (Task create from Server "master" cancelled)'),
      failed(root, 'floating_ip', 'OS::Neutron::FloatingIP', 'NotFound: no path to a router'),
    ];

    expect(firstFailure(events)?.resource).toBe('floating_ip');
  });

  it('is not what Heat made at a further go: a server that got no host at first', () => {
    const noHost = failed(node, 'server', 'OS::Nova::Server', 'ResourceInError: Exceeded maximum number of retries');
    const replaced = {
      ...noHost,
      id: 'later',
      status: 'CREATE_COMPLETE',
      state: 'COMPLETE',
      reason: 'state changed',
    } as const;
    const boot = failed(node, 'boot', 'OS::Heat::WaitCondition', 'WaitConditionFailure: the states failed');
    const ofAnother = { ...replaced, stack: group };

    expect(firstFailure([noHost, replaced, boot])?.resource).toBe('boot');
    expect(firstFailure([noHost, ofAnother, boot])?.resource).toBe('server');
    expect(firstFailure([replaced, noHost, boot])?.resource).toBe('server');
  });

  it('leaves out the name of the resource at the start of the reason', () => {
    const events = [failed(group, 'm1', 'node.yaml', 'resources.m1: Property error: no such image')];

    expect(firstFailure(events)?.reason).toBe('Property error: no such image');
  });

  it('is that of the stack when no resource failed', () => {
    const events = [failed(root, root.name, 'OS::Heat::Stack', 'Timed out')];

    expect(firstFailure(events)).toMatchObject({
      resource: 'demo',
      resourceType: 'OS::Heat::Stack',
      reason: 'Timed out',
    });
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

describe('the events of the last action', () => {
  const creation = failed(root, 'server', '', quota);
  const begins = (stack: StackEvent['stack']): StackEvent => ({
    ...failed(stack, stack.name, '', 'Stack DELETE started'),
    state: 'IN_PROGRESS',
  });
  const deletion = failed(root, 'network', '', 'Conflict: resources.network: in use');

  it('leave out why something before it failed', () => {
    const events = [creation, begins(root), begins(node), deletion];

    expect(firstFailure(ofLastAction(events, root))).toMatchObject({ resource: 'network' });
  });

  it('are all events when Heat has dropped the beginning', () => {
    expect(ofLastAction([creation, begins(node), deletion], root)).toHaveLength(3);
  });
});

describe('events', () => {
  it('get the types of the resources of their own stack, and none when those are gone', () => {
    const resource = { name: 'server', type: 'OS::Nova::Server', stack: node } as StackResource;
    const events = [failed(node, 'server', '', quota), failed(root, 'server', '', quota), failed(node, 'gone', '', '')];
    const ofStack = failed(root, root.name, 'OS::Heat::Stack', '');

    expect(withTypes([...events, ofStack], [resource]).map(({ resourceType }) => resourceType)).toEqual([
      'OS::Nova::Server',
      '',
      '',
      'OS::Heat::Stack',
    ]);
  });
});
