import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudOptions, PlaygroundCloud } from '../../../src/playground/cloud/cloud.ts';
import { createStack, eventsOf, inState, seeStack, settled, type TestStack } from './stacks.ts';
import { at, logIn, type Person, request, testCloud } from './support.ts';

let cloud: PlaygroundCloud;
let demo: Person;

beforeEach(async () => {
  await start();
});
afterEach(() => cloud.close());

async function start(options: Partial<CloudOptions> = {}): Promise<void> {
  cloud = await testCloud(options);
  demo = await logIn(cloud);
  const { body } = await demo.ask('image', 'POST', '/v2/images', { name: 'debian' });
  await demo.ask('image', 'PUT', `/v2/images/${at(body, 'id')}/file`, 'x', {
    'content-type': 'application/octet-stream',
  });
}

async function restart(options: Partial<CloudOptions>): Promise<void> {
  await cloud.close();
  await start(options);
}

const nodeTemplate = JSON.stringify({
  heat_template_version: '2021-04-16',
  parameters: { image: { type: 'string' } },
  resources: { server: { type: 'OS::Nova::Server', properties: { flavor: 'm1.tiny', image: { get_param: 'image' } } } },
  outputs: { name: { value: { get_attr: ['server', 'name'] } } },
});

/** A group of servers whose number is a parameter. */
const group = {
  parameters: { size: { type: 'number' }, image: { type: 'string', default: 'debian' } },
  resources: {
    group: {
      type: 'OS::Heat::AutoScalingGroup',
      properties: {
        min_size: 0,
        max_size: 5,
        desired_capacity: { get_param: 'size' },
        resource: { type: 'node.yaml', properties: { image: { get_param: 'image' } } },
      },
    },
  },
  outputs: { names: { value: { get_attr: ['group', 'outputs_list', 'name'] } } },
};

const waiting = {
  resources: {
    handle: { type: 'OS::Heat::WaitConditionHandle' },
    wait: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'handle' }, timeout: 60 } },
  },
  outputs: {
    endpoint: { value: { get_attr: ['handle', 'endpoint'] } },
    token: { value: { get_attr: ['handle', 'token'] } },
    data: { value: { get_attr: ['wait', 'data'] } },
  },
};

describe('a stack', () => {
  it('is made in the order of its references, and taken away in the reverse', async () => {
    const stack = await createStack(demo, 'ordered', {
      resources: {
        port: { type: 'OS::Neutron::Port', properties: { network: { get_resource: 'net' } } },
        subnet: { type: 'OS::Neutron::Subnet', properties: { network: { get_resource: 'net' }, cidr: '10.0.0.0/24' } },
        net: { type: 'OS::Neutron::Net', depends_on: 'first' },
        first: { type: 'OS::Heat::None' },
      },
    });
    const made = await settled(demo, stack);
    await demo.ask('orchestration', 'DELETE', stack.path);
    await inState(demo, stack, 'DELETE_COMPLETE');
    const events = (await ownEvents(stack)).filter(
      (event) => event.endsWith('COMPLETE') && !event.startsWith('ordered'),
    );

    expect(made.status).toBe('CREATE_COMPLETE');
    expect(events).toEqual([
      ...['first', 'net', 'subnet', 'port'].map((name) => `${name} CREATE_COMPLETE`),
      ...['port', 'subnet', 'net', 'first'].map((name) => `${name} DELETE_COMPLETE`),
    ]);
  });

  it('fails with the reason of the resource that failed, and begins nothing after it', async () => {
    const stack = await createStack(demo, 'broken', {
      resources: {
        net: { type: 'OS::Neutron::Net' },
        subnet: { type: 'OS::Neutron::Subnet', properties: { network: { get_resource: 'net' }, cidr: '10.0.0.0/24' } },
        port: { type: 'OS::Neutron::Port', properties: { network: { get_resource: 'net' } } },
        address: {
          type: 'OS::Neutron::FloatingIP',
          properties: { floating_network: 'gateway', port_id: { get_resource: 'port' } },
        },
        after: { type: 'OS::Heat::None', depends_on: 'address' },
      },
    });

    const { status, reason } = await settled(demo, stack);

    expect(status).toBe('CREATE_FAILED');
    expect(reason).toMatch(
      /^Resource CREATE failed: NotFound: resources\.address: External network .* is not reachable/,
    );
    expect(await eventsOf(demo, stack)).not.toContain('after CREATE_IN_PROGRESS');
  });

  it('hides what is hidden, also in its environment', async () => {
    const template = { parameters: { secret: { type: 'string', hidden: true } }, resources: {} };
    const stack = await createStack(demo, 'discreet', template, { parameters: { secret: 'hush' } });

    const answers = await Promise.all(
      ['', '/environment', '/events', '/resources'].map((part) =>
        demo.ask('orchestration', 'GET', `${stack.path}${part}`),
      ),
    );

    expect(at(answers[0]?.body, 'stack', 'parameters', 'secret')).toBe('******');
    expect(JSON.stringify(answers)).not.toContain('hush');
  });

  it('leaves out what a condition leaves out, and refuses what refers to it', async () => {
    const template = {
      parameters: { wanted: { type: 'boolean' } },
      conditions: { yes: { equals: [{ get_param: 'wanted' }, true] } },
      resources: { net: { type: 'OS::Neutron::Net', condition: 'yes' } },
      outputs: { net: { value: { if: ['yes', { get_resource: 'net' }, 'none'] } } },
    };

    const without = await settled(
      demo,
      await createStack(demo, 'without', template, { parameters: { wanted: false } }),
    );
    const refused = createStack(
      demo,
      'refused',
      { ...template, outputs: { net: { value: { get_attr: ['net', 'name'] } } } },
      { parameters: { wanted: false } },
    );

    expect(without).toMatchObject({ status: 'CREATE_COMPLETE', outputs: { net: 'none' } });
    await expect(refused).rejects.toThrow('The specified reference \\"net\\" (in unknown) is incorrect.');
  });

  it('is taken away in the middle of its creation', async () => {
    const stack = await createStack(demo, 'hasty', waiting);
    await inState(demo, stack, 'CREATE_IN_PROGRESS');

    await demo.ask('orchestration', 'DELETE', stack.path);
    await inState(demo, stack, 'DELETE_COMPLETE');
    const byName = await demo.ask('orchestration', 'GET', '/stacks/hasty');
    const byId = await demo.ask('orchestration', 'GET', stack.path);

    expect([byName.status, byId.status]).toEqual([404, 200]);
  });

  it('fails to go while something of others is in its network, and goes when that is gone', async () => {
    const stack = await createStack(demo, 'shared', {
      resources: { net: { type: 'OS::Neutron::Net' } },
      outputs: { net: { value: { get_resource: 'net' } } },
    });
    const { outputs } = await settled(demo, stack);
    const port = await demo.ask('network', 'POST', '/v2.0/ports', { port: { network_id: outputs.net } });

    await demo.ask('orchestration', 'DELETE', stack.path);
    const stuck = await inState(demo, stack, 'DELETE_FAILED');
    await demo.ask('network', 'DELETE', `/v2.0/ports/${at(port.body, 'port', 'id')}`);
    await demo.ask('orchestration', 'DELETE', stack.path);
    const gone = await inState(demo, stack, 'DELETE_COMPLETE');

    expect(stuck.reason).toMatch(
      /^Resource DELETE failed: Conflict: resources\.net: Unable to complete operation on network/,
    );
    expect(gone.reason).toBe('Stack DELETE completed successfully');
  });

  it('is shown to nobody in another project', async () => {
    const stack = await createStack(demo, 'private', { resources: {} });
    const other = await logIn(cloud, 'playground-domain');

    const asOwn = await other.ask('orchestration', 'GET', stack.path);
    const asTheirs = await request('GET', `${demo.endpoint('orchestration')}${stack.path}`, undefined, {
      'x-auth-token': other.token,
    });

    expect([asOwn.status, asTheirs.status]).toEqual([404, 403]);
  });

  async function ownEvents(stack: TestStack): Promise<string[]> {
    const { body } = await demo.ask('orchestration', 'GET', `${stack.path}/events`);
    const events = at(body, 'events') as { resource_name: string; resource_status: string }[];
    return events.map((event) => `${event.resource_name} ${event.resource_status}`);
  }
});

describe('a group', () => {
  it('grows and shrinks, keeping the youngest of those it has', async () => {
    const stack = await createStack(demo, 'elastic', group, {
      parameters: { size: 2 },
      files: { 'node.yaml': nodeTemplate },
    });
    const two = await settled(demo, stack);

    await demo.ask('orchestration', 'PATCH', stack.path, { parameters: { size: 3 } });
    const three = await inState(demo, stack, 'UPDATE_COMPLETE');
    await demo.ask('orchestration', 'PATCH', stack.path, { parameters: { size: 1 } });
    const one = await inState(demo, stack, 'UPDATE_COMPLETE');
    const { body } = await demo.ask('compute', 'GET', '/servers');

    const names = (seen: { outputs: Record<string, unknown> }): unknown[] => seen.outputs.names as unknown[];
    expect(names(two)).toHaveLength(2);
    expect(names(three).slice(0, 2)).toEqual(names(two));
    expect(names(one)).toEqual(names(three).slice(2));
    expect((at(body, 'servers') as unknown[]).length).toBe(1);
  });

  it('fails later for what is wrong inside, with the path to it', async () => {
    const stack = await createStack(demo, 'doomed', group, {
      parameters: { size: 1, image: 'none' },
      files: { 'node.yaml': nodeTemplate },
    });

    const { status, reason } = await settled(demo, stack);

    expect(status).toBe('CREATE_FAILED');
    expect(reason).toMatch(
      /^Resource CREATE failed: resources\.\w{12}: resources\.group\.Property error: resources\.server\.properties\.image: Error validating value 'none'/,
    );
  });

  it('tells through all stacks above that a server found no host', async () => {
    await restart({ fail: 'stack' });
    const files = { 'node.yaml': nodeTemplate.replace('"flavor"', '"name":"control-plane","flavor"') };
    const stack = await createStack(demo, 'unlucky', group, { parameters: { size: 1 }, files });

    const { reason } = await settled(demo, stack);

    expect(reason).toMatch(
      /^Resource CREATE failed: ResourceInError: resources\.group\.resources\.\w{12}\.resources\.server: Went to status ERROR due to "Message: No valid host was found/,
    );
  });

  it('is over quota when somebody has taken that just before', async () => {
    await restart({ fail: 'quota' });
    const stack = await createStack(demo, 'greedy', group, {
      parameters: { size: 3 },
      files: { 'node.yaml': nodeTemplate },
    });

    const { reason } = await settled(demo, stack);

    expect(reason).toMatch(
      /Forbidden: resources\.group\..*Quota exceeded for ram: Requested 512, but already used 1024 of 1024 ram \(HTTP 403\)/,
    );
  });
});

describe('a wait condition', () => {
  it('ends with the signal that its handle gets by token', async () => {
    const stack = await createStack(demo, 'patient', waiting);
    const { outputs } = await seeWhenSet(stack, 'token');

    const answer = await request(
      'POST',
      String(outputs.endpoint),
      { status: 'SUCCESS', data: 'ready', id: 'n1' },
      { 'x-auth-token': String(outputs.token) },
    );
    const done = await settled(demo, stack);

    expect(answer).toMatchObject({ status: 200, body: null });
    expect(done).toMatchObject({ status: 'CREATE_COMPLETE', outputs: { data: '{"n1": "ready"}' } });
  });

  it('takes no signal from a person without the token of the handle', async () => {
    const stack = await createStack(demo, 'wary', waiting);
    const { outputs } = await seeWhenSet(stack, 'endpoint');

    const unknown = await request('POST', String(outputs.endpoint), { status: 'SUCCESS' });
    const wrong = await request(
      'POST',
      String(outputs.endpoint),
      { status: 'SUCCESS' },
      { 'x-auth-token': demo.token },
    );

    expect([unknown.status, wrong.status]).toEqual([401, 403]);
    expect((await seeStack(demo, stack)).status).toBe('CREATE_IN_PROGRESS');
  });

  it('takes the signal of a user that Heat made for it', async () => {
    const stack = await createStack(demo, 'trusting', {
      resources: {
        ...waiting.resources,
        handle: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'HEAT_SIGNAL' } },
      },
      outputs: { signal: { value: { get_attr: ['handle', 'signal'] } } },
    });
    const { outputs } = await seeWhenSet(stack, 'signal');
    const signal = JSON.parse(String(outputs.signal)) as Record<string, string>;

    const login = await request('POST', `${String(signal.auth_url).replace(/(\/v3)+$/, '/v3')}/auth/tokens`, {
      auth: {
        identity: { methods: ['password'], password: { user: { id: signal.user_id, password: signal.password } } },
        scope: { project: { id: signal.project_id } },
      },
    });
    const headers = { 'x-auth-token': login.headers.get('x-subject-token') ?? '' };
    await request('POST', String(signal.alarm_url), { status: 'FAILURE', reason: 'the disk is full' }, headers);
    const { reason } = await settled(demo, stack);

    expect(login.status).toBe(201);
    expect(reason).toBe('Resource CREATE failed: WaitConditionFailure: resources.wait: the disk is full');
  });

  it('fails with a signed URL before anybody signals, as in a real Heat', async () => {
    const stack = await createStack(demo, 'signed', {
      resources: {
        ...waiting.resources,
        handle: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'TEMP_URL_SIGNAL' } },
      },
      outputs: { signal: { value: { get_attr: ['handle', 'signal'] } } },
    });
    await seeWhenSet(stack, 'signal');

    const { reason } = await settled(demo, stack);

    expect(reason).toBe("Resource CREATE failed: Error: resources.wait: Failed to parse JSON data: b'in progress'");
  });

  it('gives up when its time is over', async () => {
    const stack = await createStack(demo, 'short', {
      resources: {
        ...waiting.resources,
        wait: {
          type: 'OS::Heat::WaitCondition',
          properties: { handle: { get_resource: 'handle' }, timeout: 1, count: 2 },
        },
      },
    });

    const { reason } = await settled(demo, stack);

    expect(reason).toBe('Resource CREATE failed: WaitConditionTimeout: resources.wait: 0 of 2 received');
  });

  /** A stack once an output of it has a value. */
  async function seeWhenSet(stack: TestStack, output: string): ReturnType<typeof seeStack> {
    for (;;) {
      const seen = await seeStack(demo, stack);
      const value = seen.outputs[output];
      if (value !== null && value !== undefined && value !== 'null') return seen;
    }
  }
});
