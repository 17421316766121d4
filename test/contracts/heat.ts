import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImage, deleteImage, uploadImage } from '../../src/openstack/glance/images.ts';
import { listStackEvents, type StackEvent, withTypes } from '../../src/openstack/heat/events.ts';
import { firstFailure } from '../../src/openstack/heat/failure.ts';
import { listStackResources } from '../../src/openstack/heat/resources.ts';
import {
  createStack,
  deleteStack,
  findStack,
  getStack,
  listStacks,
  type StackRef,
  updateStack,
} from '../../src/openstack/heat/stacks.ts';
import { validateTemplate } from '../../src/openstack/heat/templates.ts';
import { listFloatingIps } from '../../src/openstack/neutron/floating-ips.ts';
import { findNetwork, listNetworks } from '../../src/openstack/neutron/networks.ts';
import { listPorts } from '../../src/openstack/neutron/ports.ts';
import { listSubnets } from '../../src/openstack/neutron/subnets.ts';
import { readConsoleLog } from '../../src/openstack/nova/console-log.ts';
import { listFlavors } from '../../src/openstack/nova/flavors.ts';
import { createKeypair, deleteKeypair } from '../../src/openstack/nova/keypairs.ts';
import { getServer, listServers } from '../../src/openstack/nova/servers.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { heatChangesContract } from './heat-changes.ts';
import { heatGroupsContract } from './heat-groups.ts';
import { heatListsContract } from './heat-lists.ts';
import { removed, sendSignal, settled } from './heat-stack.ts';
import { badFlavor, groupFiles, groupTemplate, serverTemplate, smallTemplate } from './heat-templates.ts';
import { newPublicKey } from './public-key.ts';
import { type ConnectTo, connection, eventually, uniqueName } from './support.ts';

/** What Slipway relies on in Heat, and in what Heat makes of the other services. */
export function heatContract(connectTo: ConnectTo, connectAsOperator: ConnectTo): void {
  describe('Heat', () => {
    const cloud = connection(connectTo);

    smallStackContract(cloud);
    refusalContract(cloud);
    groupContract(cloud);
    heatChangesContract(cloud);
    heatListsContract(cloud);
    heatGroupsContract(cloud);
    serverStackContract(cloud, connection(connectAsOperator));
  });
}

type Cloud = ReturnType<typeof connection>;

/** All events of a stack and of those in it, each with the type of what it is about. */
async function typedEvents(heat: ServiceClient, ref: StackRef): Promise<StackEvent[]> {
  const events = await listStackEvents(heat, ref, { nestedDepth: 3 });
  return withTypes(events, await listStackResources(heat, ref, { nestedDepth: 3 }));
}

function smallStackContract(cloud: Cloud): void {
  describe('a small stack', () => {
    const name = uniqueName('small');
    const tags = [name, 'contract'];
    let ref: StackRef;

    beforeAll(async () => {
      const parameters = { length: 12, secret: 'hush' };
      ref = await createStack(cloud().heat, { name, template: smallTemplate, parameters, tags, timeoutMinutes: 5 });
      await settled(cloud().heat, ref);
    });
    afterAll(() => removed(cloud().heat, name));

    it('is complete, with its parameters as texts, hidden ones masked, and its outputs', async () => {
      const stack = await getStack(cloud().heat, ref, { resolveOutputs: true });

      expect(stack).toMatchObject({ ...ref, status: 'CREATE_COMPLETE', action: 'CREATE', state: 'COMPLETE', tags });
      expect(stack.parameters).toMatchObject({ length: '12', secret: '******', 'OS::stack_name': name });
      expect(stack.outputs.value).toMatch(/^\w{12}$/);
      expect(Date.now() - stack.createdAt.getTime()).toBeLessThan(120_000);
    });

    it('is found by name without its outputs', async () => {
      const stack = await findStack(cloud().heat, name);

      expect(stack).toMatchObject({ ...ref, status: 'CREATE_COMPLETE', outputs: {} });
    });

    it('is listed by all of its tags, page by page too', async () => {
      const { heat } = cloud();

      expect(await listStacks(heat, { tags })).toMatchObject([{ ...ref, tags, status: 'CREATE_COMPLETE' }]);
      expect(await listStacks(heat, { tags: [name, 'other'] })).toEqual([]);
      expect(await listStacks(heat, { anyTag: [name, 'other'] })).toMatchObject([ref]);
      expect(await listStacks(heat, { tags: [name], notAnyTag: ['contract', 'other'] })).toEqual([]);
      expect(await listStacks(heat, { tags: [name], notAnyTag: ['other'] })).toMatchObject([ref]);
      expect((await listStacks(heat, { pageSize: 1 })).map(({ id }) => id)).toContain(ref.id);
    });

    it('keeps its name to itself', async () => {
      const second = createStack(cloud().heat, { name, template: smallTemplate, parameters: {} });

      await expect(second).rejects.toMatchObject({
        service: 'Heat',
        status: 409,
        message: expect.stringMatching(name),
      });
    });

    it('changes with the parameters that are given, and keeps the others and its tags', async () => {
      const { heat } = cloud();

      await updateStack(heat, ref, { parameters: { length: 20 } });
      const stack = await settled(heat, ref);

      expect(stack).toMatchObject({ status: 'UPDATE_COMPLETE', tags });
      expect(stack.parameters).toMatchObject({ length: '20', secret: '******' });
      expect(stack.outputs.value).toMatch(/^\w{20}$/);
    });

    it('is free to be made again after its deletion; the old one answers by its id', async () => {
      const { heat } = cloud();
      await removed(heat, name);

      const again = await createStack(heat, { name, template: smallTemplate, parameters: {} });

      expect(again.id).not.toBe(ref.id);
      expect((await getStack(heat, ref, { resolveOutputs: false })).status).toBe('DELETE_COMPLETE');
      await expect(deleteStack(heat, ref)).resolves.toBeUndefined();
    });
  });
}

function refusalContract(cloud: Cloud): void {
  describe('what cannot be made', () => {
    it('is no stack, under a name that nobody uses', async () => {
      const { heat } = cloud();
      const ref = { name: uniqueName('missing'), id: '00000000-0000-4000-8000-000000000000' };

      await deleteStack(heat, ref);

      expect(await findStack(heat, ref.name)).toBeUndefined();
      await expect(getStack(heat, ref, { resolveOutputs: false })).rejects.toMatchObject({ status: 404 });
    });

    it('is refused at once when the template itself is wrong', async () => {
      const name = uniqueName('bad');

      const refused = createStack(cloud().heat, { name, template: badFlavor.direct, parameters: {} });

      await expect(refused).rejects.toMatchObject({
        status: 400,
        retryable: false,
        message: expect.stringMatching(new RegExp(`^Creating the Heat stack ${name}: .*no-such-`)),
      });
      expect(await findStack(cloud().heat, name)).toBeUndefined();
    });

    it('is refused at once when a parameter is missing', async () => {
      const name = uniqueName('bad');

      const refused = createStack(cloud().heat, { name, template: groupTemplate, files: groupFiles, parameters: {} });

      await expect(refused).rejects.toMatchObject({ status: 400, message: expect.stringMatching(/count/) });
    });

    it('fails later when the fault is in a nested template, and the events say which resource it was', async () => {
      const { heat } = cloud();
      const name = uniqueName('bad');
      const ref = await createStack(heat, {
        name,
        template: badFlavor.nested,
        files: badFlavor.files,
        parameters: {},
        timeoutMinutes: 5,
      });

      const stack = await settled(heat, ref);
      const failure = firstFailure(await typedEvents(heat, ref));

      expect(stack.status).toBe('CREATE_FAILED');
      expect(stack.statusReason).toMatch(/^Resource CREATE failed: .*no-such-/);
      expect(failure?.resourceType).toBe('bad-node.yaml');
      expect(failure?.reason).toMatch(/no-such-/);
      expect(failure?.reason).not.toMatch(/^Resource CREATE failed/);
      await removed(heat, name);
    });

    it('is told by the validation of a template', async () => {
      const { heat } = cloud();

      const { description, parameters } = await validateTemplate(heat, { template: smallTemplate });

      expect(description).toBe('A random string');
      expect(parameters).toContainEqual(
        expect.objectContaining({ name: 'length', type: 'Number', description: 'How many characters', hidden: false }),
      );
      expect(parameters).toContainEqual(expect.objectContaining({ name: 'secret', hidden: true }));
      await expect(
        validateTemplate(heat, {
          template: { heat_template_version: '2018-08-31', resources: { x: { type: 'OS::No::Such' } } },
        }),
      ).rejects.toMatchObject({ status: 400 });
    });
  });
}

function groupContract(cloud: Cloud): void {
  describe('a group of nodes', () => {
    const name = uniqueName('group');
    const signalled = new Set<string>();
    let ref: StackRef;

    beforeAll(async () => {
      const options = {
        name,
        template: groupTemplate,
        files: groupFiles,
        parameters: { count: 2 },
        timeoutMinutes: 10,
      };
      ref = await createStack(cloud().heat, options);
    });
    afterAll(() => removed(cloud().heat, name));

    /** Signals each new node's own wait condition, as soon as Heat has made a user for it. */
    async function signalNodes(count: number, report: object): Promise<void> {
      for (let done = 0; done < count; done += 1) {
        const node = await eventually(nodeThatWaits);
        signalled.add(node.id);
        expect(await sendSignal(node.signal, report)).toBe(200);
      }
    }

    async function nodeThatWaits(): Promise<{ id: string; signal: string } | undefined> {
      const { heat } = cloud();
      const handles = await listStackResources(heat, ref, { nestedDepth: 2, type: 'OS::Heat::WaitConditionHandle' });
      const handle = handles.find(({ status, id }) => status === 'CREATE_COMPLETE' && !signalled.has(id));
      if (handle === undefined) return undefined;
      const { outputs } = await getStack(heat, handle.stack, { resolveOutputs: true });
      return { id: handle.id, signal: String(outputs.signal) };
    }

    it('is complete once every node has reported, with what they said', async () => {
      const { heat } = cloud();
      await signalNodes(2, { status: 'SUCCESS', reason: 'up', id: 'node', data: 'v1.2.3' });

      const stack = await settled(heat, ref);

      expect(stack.status).toBe('CREATE_COMPLETE');
      expect(stack.outputs.names).toHaveLength(2);
      expect(stack.outputs.data).toEqual(['{"node": "v1.2.3"}', '{"node": "v1.2.3"}']);
    });

    it('tells its events with those of the nested stacks, oldest first, and from a marker on', async () => {
      const { heat } = cloud();

      const events = await typedEvents(heat, ref);
      const own = await listStackEvents(heat, ref);
      const head = await listStackEvents(heat, ref, { nestedDepth: 3, limit: 3 });
      const tail = await listStackEvents(heat, ref, { nestedDepth: 3, marker: head.at(-1)?.id });

      expect(events[0]).toMatchObject({ resource: name, stack: ref, ofStack: true, status: 'CREATE_IN_PROGRESS' });
      expect(events.at(-1)).toMatchObject({ resource: name, ofStack: true, status: 'CREATE_COMPLETE' });
      expect(events.map(({ at }) => at.getTime())).toEqual(events.map(({ at }) => at.getTime()).sort((a, b) => a - b));
      expect(
        events.filter(({ resourceType, state }) => resourceType === 'OS::Heat::WaitCondition' && state === 'COMPLETE'),
      ).toHaveLength(2);
      expect(own.every(({ stack }) => stack.id === ref.id)).toBe(true);
      expect([...head, ...tail].map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    });

    it('begins from the first event when it does not know the marker', async () => {
      const { heat } = cloud();
      const all = await listStackEvents(heat, ref);

      const events = await listStackEvents(heat, ref, { marker: '00000000-0000-4000-8000-000000000000' });

      expect(events.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    });

    it('lists its resources with those of the nested stacks, all or of one type', async () => {
      const { heat } = cloud();

      const resources = await listStackResources(heat, ref, { nestedDepth: 3 });
      const waits = await listStackResources(heat, ref, { nestedDepth: 3, type: 'OS::Heat::WaitCondition' });

      expect(resources.find((resource) => resource.name === 'nodes')).toMatchObject({ stack: ref, state: 'COMPLETE' });
      expect(resources.filter(({ type, parent }) => type === 'node.yaml' && parent === 'nodes')).toHaveLength(2);
      expect(waits.map(({ name: wait, state }) => [wait, state])).toEqual([
        ['ready', 'COMPLETE'],
        ['ready', 'COMPLETE'],
      ]);
    });

    it('lists the nested stacks only when they are asked for', async () => {
      const { heat } = cloud();

      const plain = await listStacks(heat);
      const withNested = await listStacks(heat, { nested: true });

      expect(plain.some(({ parentId }) => parentId === ref.id)).toBe(false);
      expect(withNested.some(({ parentId }) => parentId === ref.id)).toBe(true);
    });

    it('grows, and fails with the words of the node that reports a failure', async () => {
      const { heat } = cloud();
      await updateStack(heat, ref, { parameters: { count: 3 } });
      await signalNodes(1, { status: 'FAILURE', reason: 'kubeadm: the join timed out', id: 'node' });

      const stack = await settled(heat, ref);
      const failure = firstFailure(await typedEvents(heat, ref));

      expect(stack.status).toBe('UPDATE_FAILED');
      expect(failure).toMatchObject({ resource: 'ready', resourceType: 'OS::Heat::WaitCondition' });
      expect(failure?.reason).toMatch(/kubeadm: the join timed out/);
    });
  });
}

function serverStackContract(cloud: Cloud, operator: Cloud): void {
  describe('a stack with a server', () => {
    const name = uniqueName('server');
    let ref: StackRef;
    let external: string;
    let imageId: string;

    beforeAll(async () => {
      const { glance, heat, neutron, nova } = cloud();
      external = (await listNetworks(neutron, { external: true }))[0]?.name ?? '';
      const flavors = (await listFlavors(nova)).sort((a, b) => a.ramMib - b.ramMib);
      const image = await createImage(glance, { name, diskFormat: 'raw', containerFormat: 'bare' });
      imageId = image.id;
      await uploadImage(glance, imageId, { content: () => Readable.from([Buffer.alloc(1024)]), size: 1024 });
      await createKeypair(nova, { name, publicKey: newPublicKey() });
      const parameters = {
        image: imageId,
        flavor: flavors[0]?.name,
        key: name,
        external,
        label: { cluster: 'staging', deployment: 'd-1' },
      };
      ref = await createStack(heat, { name, template: serverTemplate, parameters, tags: [name], timeoutMinutes: 10 });
    });
    afterAll(async () => {
      await removed(cloud().heat, name);
      await deleteKeypair(cloud().nova, name);
      await deleteImage(cloud().glance, imageId);
    });

    it('waits for the server to report, with credentials that only an operator can read from the server', async () => {
      const { heat, nova } = cloud();
      const server = await eventually(async () => {
        const [found] = await listStackResources(heat, ref, { type: 'OS::Nova::Server' });
        return found?.status === 'CREATE_COMPLETE' ? found : undefined; // it begins as INIT_COMPLETE, without an id
      });
      const { outputs } = await getStack(heat, ref, { resolveOutputs: true });
      const signal = String(outputs.signal);

      const seenByOwner = await getServer(nova, server.id);
      const seenByOperator = await getServer(operator().nova, server.id);

      expect((await findStack(heat, name))?.status).toBe('CREATE_IN_PROGRESS');
      expect(seenByOwner.userData).toBeUndefined();
      expect(seenByOperator.userData).toBe(`#cloud-config\n# ${signal}\n`);
      expect(await sendSignal(signal, { status: 'SUCCESS', reason: 'ready', id: 'master', data: 'hello' })).toBe(200);
      const stack = await settled(heat, ref);
      expect(stack).toMatchObject({
        status: 'CREATE_COMPLETE',
        outputs: { server: server.id, data: '{"master": "hello"}' },
      });
    });

    it('tells its label back, and no secret', async () => {
      const { parameters } = await getStack(cloud().heat, ref, { resolveOutputs: false });

      expect(JSON.parse(parameters.label ?? '')).toEqual({ cluster: 'staging', deployment: 'd-1' });
      expect(parameters.passphrase).toBe('******');
    });

    it('has a server that Nova knows, with its addresses and its console', async () => {
      const { heat, nova } = cloud();
      const { outputs } = await getStack(heat, ref, { resolveOutputs: true });

      // Nova hears of a floating IP from Neutron some time after it is there.
      const server = await eventually(async () => {
        const found = await getServer(nova, String(outputs.server));
        return found.addresses.length === 2 ? found : undefined;
      });
      const log = await readConsoleLog(nova, server.id, { lines: 10 });

      expect(server).toMatchObject({ name: `${name}-server`, status: 'ACTIVE', imageId, keypair: name });
      expect(server.addresses.map(({ kind }) => kind).sort()).toEqual(['fixed', 'floating']);
      expect(server.addresses.find(({ kind }) => kind === 'floating')?.address).toBe(outputs.address);
      expect(await listServers(nova, { name: server.name })).toMatchObject([{ id: server.id }]);
      expect(log.text).toEqual(expect.any(String));
    });

    it('has a network, a port and a floating IP that Neutron knows', async () => {
      const { heat, neutron } = cloud();
      const { outputs } = await getStack(heat, ref, { resolveOutputs: true });
      const networkId = String(outputs.network);

      const [address] = await listFloatingIps(neutron, { address: String(outputs.address) });
      const ports = await listPorts(neutron, { networkId });

      expect(address).toMatchObject({ status: 'ACTIVE', portId: expect.any(String) });
      expect(ports.map(({ deviceOwner }) => deviceOwner)).toEqual(
        expect.arrayContaining([expect.stringMatching(/^compute:/), 'network:router_interface']),
      );
      expect(await listSubnets(neutron, { networkId })).toMatchObject([{ cidr: '10.20.0.0/24', gateway: '10.20.0.1' }]);
    });

    it('takes everything with it when it goes', async () => {
      const { heat, neutron, nova } = cloud();
      const { outputs } = await getStack(heat, ref, { resolveOutputs: true });

      await deleteStack(heat, ref);
      const underway = await findStack(heat, name);
      await eventually(async () => ((await findStack(heat, name)) === undefined ? true : undefined));

      expect(underway?.action ?? 'DELETE').toBe('DELETE');
      await expect(getServer(nova, String(outputs.server))).rejects.toMatchObject({ status: 404 });
      expect(await findNetwork(neutron, String(outputs.network))).toBeUndefined();
      expect(await listFloatingIps(neutron, { address: String(outputs.address) })).toEqual([]);
    });
  });
}
