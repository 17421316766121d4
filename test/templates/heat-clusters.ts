import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { clusterNeeds, type Needs } from '../../src/clusters/quota.ts';
import { nodeSettings, type StackOwner, stackParameters } from '../../src/clusters/stack.ts';
import { deleteImage } from '../../src/openstack/glance/images.ts';
import { type PreviewedResource, previewStack, previewUpdate } from '../../src/openstack/heat/previews.ts';
import { listStackResources, type StackResource, signalResource } from '../../src/openstack/heat/resources.ts';
import type { Stack } from '../../src/openstack/heat/stack.ts';
import {
  type CreateStackOptions,
  createStack,
  deleteStack,
  findStack,
  getStack,
  type StackRef,
  updateStack,
} from '../../src/openstack/heat/stacks.ts';
import { type LoadedTemplate, loadTemplate } from '../../src/openstack/heat/template-files.ts';
import { validateTemplate } from '../../src/openstack/heat/templates.ts';
import { listNetworks } from '../../src/openstack/neutron/networks.ts';
import { listPorts } from '../../src/openstack/neutron/ports.ts';
import { listSecurityGroups } from '../../src/openstack/neutron/security-groups.ts';
import { createKeypair, deleteKeypair } from '../../src/openstack/nova/keypairs.ts';
import { getServer, listServers, type Server } from '../../src/openstack/nova/servers.ts';
import { listLoadBalancers } from '../../src/openstack/octavia/load-balancers.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { settled } from '../contracts/heat-stack.ts';
import { newPublicKey } from '../contracts/public-key.ts';
import { type ConnectTo, connection, eventually } from '../contracts/support.ts';
import { signedObject, someStackInputs, someStore } from '../support/stack-inputs.ts';
import { makeTinyImage } from '../support/tiny-image.ts';
import { existingCidr, existingNetwork, type Variant, variantSpec, variants } from './cluster-variants.ts';

/** How long one cluster may take on a slow machine. */
const patienceMs = 600_000;

/**
 * Asks Heat what it would make of the templates for every kind of cluster. Where any is to be made as well, a small one is,
 * too, which then grows and shrinks. Their servers never boot: what they would say at the end of their first boot is said
 * for them.
 */
export function clusterTemplates(connectTo: ConnectTo, connectAsOperator: ConnectTo, makes: readonly Variant[]): void {
  const cloud = connection(connectTo);
  const operator = connection(connectAsOperator);
  const run = `t${randomBytes(3).toString('hex')}`;
  let image = '';
  let template: LoadedTemplate;

  beforeAll(async () => {
    template = await loadTemplate('templates/heat/cluster.yaml');
    image = (await makeTinyImage(cloud().glance, run)).id;
    await createKeypair(cloud().nova, { name: run, publicKey: newPublicKey() });
  });
  afterAll(async () => {
    await deleteKeypair(cloud().nova, run);
    await deleteImage(cloud().glance, image);
  });

  function request(name: string, variant: Variant, changes: Record<string, unknown> = {}): CreateStackOptions {
    const inputs = { ...someStackInputs, image, keypair: run };
    const parameters = { ...stackParameters(ownerOf(name, variant), inputs), ...changes };
    return { name: `slipway-${name}`, ...template, parameters };
  }

  async function expectMade(spec: ClusterSpec, ref: StackRef, stack: Stack, network?: string): Promise<void> {
    expect(stack).toMatchObject({ status: 'CREATE_COMPLETE', statusReason: expect.any(String) });
    await expectServers(cloud(), operator(), spec, ref);
    await expectNetwork(cloud(), spec, network);
    await expectAddress(cloud(), spec, stack.outputs);
  }

  it('are templates to Heat', async () => {
    const { parameters } = await validateTemplate(cloud().heat, {
      ...template,
      parameters: request(run, variants[0] as Variant).parameters,
    });

    expect(
      parameters
        .filter(({ hidden }) => hidden)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['control_plane_store', 'node_store', 'release_objects']);
  });

  // All at once, since a cloud takes its time over each. By their own names: those of a table are cut off.
  describe.concurrent.each(variants.map((variant) => [variant.what, variant] as const))('for %s', (_what, variant) => {
    const name = `${run}-${variants.indexOf(variant)}`;
    const spec = variantSpec(name, variant);
    let around: Awaited<ReturnType<typeof makeNetwork>> | undefined;
    let ref: StackRef | undefined;

    beforeAll(async () => {
      if (spec.network.existing !== undefined) around = await makeNetwork(cloud(), spec.network.external, name);
    }, patienceMs);
    afterAll(async () => {
      if (ref !== undefined) await removedStack(cloud(), ref);
      if (around !== undefined) await removeNetwork(cloud(), around);
    }, patienceMs);

    it(
      'would be made by Heat',
      async () => {
        // A stack of the variant's own name may be on its way.
        const options = { ...request(name, variant), name: `slipway-${name}-preview` };

        await validateTemplate(cloud().heat, { ...template, parameters: options.parameters });
        const resources = await previewStack(cloud().heat, options);

        expect(taken(resources)).toEqual(needed(spec));
      },
      patienceMs,
    );

    it.runIf(makes.includes(variant))(
      'is made as it was asked for',
      async () => {
        const { heat } = cloud();
        ref = await createStack(heat, request(name, variant));

        await bootAll(cloud(), ref);
        const stack = await settled(heat, ref);

        await expectMade(spec, ref, stack, around?.id);
      },
      patienceMs,
    );
  });

  describe.runIf(makes.length > 0).concurrent('a cluster', () => {
    describe.sequential('as time goes by', () => {
      const name = `${run}-grow`;
      const [small] = variants;
      let ref: StackRef;
      const booted = new Set<string>();
      let changes: Record<string, unknown> = {};

      async function update(more: Record<string, unknown>): Promise<void> {
        changes = { ...changes, ...more };
        const { name: _, ...options } = request(name, small as Variant, changes);
        await updateStack(cloud().heat, ref, options);
        await bootAll(cloud(), ref, booted);
        expect((await settled(cloud().heat, ref)).status).toBe('UPDATE_COMPLETE');
      }
      async function servers(): Promise<Record<string, string>> {
        const all = await listServers(cloud().nova);
        return Object.fromEntries(all.filter((one) => one.name.startsWith(name)).map((one) => [one.name, one.id]));
      }

      /** What the stack itself is made of, groups as a whole. */
      async function ownResources(): Promise<string[]> {
        return (await listStackResources(cloud().heat, ref)).map((one) => `${one.name} ${one.id}`).sort();
      }

      beforeAll(async () => {
        ref = await createStack(cloud().heat, request(name, small as Variant));
        await bootAll(cloud(), ref, booted);
      }, patienceMs);
      afterAll(() => removedStack(cloud(), ref), patienceMs);

      it(
        'is made as it was asked for',
        async () => {
          await expectMade(variantSpec(name, small as Variant), ref, await settled(cloud().heat, ref));
        },
        patienceMs,
      );

      it(
        'replaces no server for new URLs, other settings or another number of nodes',
        async () => {
          const { name: _, ...options } = request(name, small as Variant, {
            release_objects: [signedObject({ url: 'https://swift.example.org/other' })],
            control_plane_store: { ...someStore.controlPlane, report_put: 'https://swift.example.org/other' },
            node_store: { ...someStore.node, log_put: 'https://swift.example.org/other' },
            node_settings: { cni: 'none' },
            node_count: 2,
          });

          const preview = await previewUpdate(cloud().heat, ref, options);

          // Heat foresees more than it does of what is connected to a network; the next test sees what it does.
          expect(preview.replaced.filter(({ type }) => !type.startsWith('OS::Neutron::'))).toEqual([]);
          expect(preview.deleted).toEqual([]);
          expect(preview.updated.map((one) => one.name)).toEqual(
            expect.arrayContaining(['control_plane_group', 'node_group']),
          );
        },
        patienceMs,
      );

      it(
        'grows, loses the very node that is named, and never gives its number to another',
        async () => {
          const before = await servers();
          const made = await ownResources();
          await update({
            node_count: 3,
            release_objects: [signedObject({ url: 'https://swift.example.org/new' })],
            node_settings: { cni: 'none' },
          });
          const grown = await servers();
          await update({ node_count: 2, node_removals: ['1'] });
          const shrunk = await servers();
          await update({ node_count: 3, node_removals: [] });
          const again = await servers();

          expect(await ownResources()).toEqual(made);
          expect(Object.keys(before).sort()).toEqual([`${name}-control-plane-0`, `${name}-node-0`]);
          expect(grown).toEqual({
            ...before,
            [`${name}-node-1`]: expect.any(String),
            [`${name}-node-2`]: expect.any(String),
          });
          const { [`${name}-node-1`]: gone, ...left } = grown;
          expect(gone).toBeDefined();
          expect(shrunk).toEqual(left);
          expect(again).toEqual({ ...left, [`${name}-node-3`]: expect.any(String) });
        },
        patienceMs,
      );

      it('tells the nodes that there are', async () => {
        const { outputs } = await getStack(cloud().heat, ref, { resolveOutputs: true });

        expect(outputs.node_names).toEqual({ 0: `${name}-node-0`, 2: `${name}-node-2`, 3: `${name}-node-3` });
      });
    });
  });
}

function ownerOf(name: string, variant: Variant): StackOwner {
  const spec = variantSpec(name, variant);
  return { id: `${name}-1`, cluster: name, channel: spec.channel, requestedBy: 'U0', requestedAt: 0, spec };
}

/** What a stack's resources take of the quotas, with what the services make along with them. */
function taken(resources: readonly PreviewedResource[]): Partial<Needs> {
  const of = (type: string) => resources.filter((one) => one.type === type);
  const groups = of('OS::Neutron::SecurityGroup');
  const rules = groups.flatMap(({ properties }) => properties.rules);
  const onNewVolumes = of('OS::Nova::Server').filter(({ properties }) =>
    /"volume_size":\d/.test(JSON.stringify(properties.block_device_mapping_v2)),
  );
  return {
    servers: of('OS::Nova::Server').length,
    serverGroups: of('OS::Nova::ServerGroup').length,
    networks: of('OS::Neutron::Net').length,
    subnets: of('OS::Neutron::Subnet').length,
    routers: of('OS::Neutron::Router').length,
    floatingIps: of('OS::Neutron::FloatingIP').length,
    // One for DHCP in each network, and one for the address of each load balancer.
    ports:
      of('OS::Neutron::Port').length +
      of('OS::Neutron::RouterInterface').length +
      of('OS::Neutron::Net').length +
      of('OS::Octavia::LoadBalancer').length,
    securityGroups: groups.length,
    securityGroupRules: rules.length + of('OS::Neutron::SecurityGroupRule').length + 2 * groups.length,
    volumes: of('OS::Cinder::Volume').length + onNewVolumes.length,
  };
}

function needed(spec: ClusterSpec): Partial<Needs> {
  const { cores, ramMib, volumeGib, ...counted } = clusterNeeds(spec, {
    controlPlane: { vcpus: 2, ramMib: 4096 },
    node: { vcpus: 1, ramMib: 2048 },
  });
  return counted;
}

/**
 * Says for every server of a stack, as long as Heat is at work, that its first boot worked. `said` are the servers of which
 * that is known, as servers have but one.
 */
async function bootAll({ heat }: OpenStack, ref: StackRef, said = new Set<string>()): Promise<void> {
  await eventually(async () => {
    const { state } = await getStack(heat, ref, { resolveOutputs: false });
    if (state !== 'IN_PROGRESS') return state;
    const resources = await listStackResources(heat, ref, { nestedDepth: 2 });
    for (const handle of resources.filter((one) => isWaitedFor(one, resources) && !said.has(one.id))) {
      const report = { status: 'SUCCESS', id: 'server', data: '{}' };
      await signalResource(heat, handle.stack, handle.name, report);
      said.add(handle.id);
    }
    return undefined;
  });
}

/** Until Heat waits, a server may still be on its way; what it says then is kept, but it does not boot yet. */
function isWaitedFor({ type, stack }: StackResource, resources: readonly StackResource[]): boolean {
  if (type !== 'OS::Heat::WaitConditionHandle') return false;
  const own = resources.filter((other) => other.stack.id === stack.id);
  return own.some((other) => other.type === 'OS::Nova::Server' && other.status === 'CREATE_COMPLETE');
}

async function removedStack({ heat }: OpenStack, ref: StackRef): Promise<void> {
  await deleteStack(heat, ref);
  await eventually(async () => {
    const left = await findStack(heat, ref.name);
    if (left?.status === 'DELETE_FAILED') throw new Error(`${ref.name}: ${left.statusReason}`);
    return left === undefined ? true : undefined;
  });
}

async function expectServers(cloud: OpenStack, operator: OpenStack, spec: ClusterSpec, ref: StackRef): Promise<void> {
  const { name, controlPlane, nodes, serverGroup } = spec;
  const { outputs } = await getStack(cloud.heat, ref, { resolveOutputs: true });
  const wanted = [
    ...Array.from({ length: controlPlane.count }, (_, index) => `${name}-control-plane-${index}`),
    ...Array.from({ length: nodes.count }, (_, index) => `${name}-node-${index}`),
  ];
  const found = (await listServers(cloud.nova)).filter((server) => server.name.startsWith(`${name}-`));
  expect(found.map((server) => server.name).sort()).toEqual(wanted);
  for (const server of found) await expectServer(operator, spec, server, outputs);
  const groups = await listStackResources(cloud.heat, ref, { type: 'OS::Nova::ServerGroup' });
  expect(groups).toHaveLength(serverGroup === 'none' ? 0 : 2);
}

/** What a server was made of, what it was told, and where it can be reached. */
async function expectServer(
  operator: OpenStack,
  spec: ClusterSpec,
  server: Server,
  { api_endpoint, api_address }: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { name, controlPlane, nodes, network } = spec;
  const isNode = server.name.startsWith(`${name}-node-`);
  const of = isNode ? nodes : controlPlane;
  const role = isNode ? 'node' : 'control-plane';
  expect(server.metadata).toEqual({ slipway_cluster: name, slipway_role: role });
  expect(server.flavor).toBe(of.flavor);
  expect(server.imageId === undefined).toBe(of.bootVolume !== undefined);
  const hasAddress = isNode ? nodes.floatingIps : network.floatingIp && controlPlane.count === 1;
  const { userData = '', addresses } = await eventually(async () => {
    const seen = await getServer(operator.nova, server.id);
    // Nova hears of a floating IP from Neutron some time after it is there.
    return hasAddress && seen.addresses.length < 2 ? undefined : seen;
  });
  expect(addresses.map(({ kind }) => kind).sort()).toEqual(hasAddress ? ['fixed', 'floating'] : ['fixed']);
  const parameters = parametersIn(userData);
  expect(parameters).toEqual({
    cluster: name,
    role,
    index: server.name.split('-').at(-1),
    version: someStackInputs.version,
    release: someStackInputs.release,
    objects: someStackInputs.objects,
    store: isNode ? someStore.node : someStore.controlPlane,
    settings: nodeSettings({ id: `${name}-1`, spec }),
    facts: {
      endpoint: api_endpoint,
      public_address: network.floatingIp ? api_address : '',
      network: expect.stringMatching(/^[0-9a-f-]{36}$/),
      subnet: expect.stringMatching(/^[0-9a-f-]{36}$/),
    },
    signal: expect.stringContaining('alarm_url'),
  });
}

interface CloudInit {
  write_files: readonly { path: string; owner: string; permissions: string; content: string }[];
  runcmd: readonly string[][];
}

/** What user data writes down for the boot script. */
export function parametersIn(userData: string): Record<string, unknown> {
  const [first, ...rest] = userData.split('\n');
  expect(first).toBe('#cloud-config');
  const { write_files: files, runcmd }: CloudInit = JSON.parse(rest.join('\n'));
  expect(files.map(({ content: _, ...file }) => file)).toEqual([
    { path: '/var/lib/slipway/boot', owner: 'root:root', permissions: '0700' },
    { path: '/var/lib/slipway/parameters.json', owner: 'root:root', permissions: '0600' },
  ]);
  expect(files[0]?.content).toMatch(/^#!/);
  expect(runcmd).toEqual([['/var/lib/slipway/boot']]);
  return JSON.parse(files[1]?.content ?? '');
}

async function expectNetwork(
  { neutron }: OpenStack,
  { name, network, controlPlane, nodes }: ClusterSpec,
  existingId: string | undefined,
): Promise<void> {
  const own = await listNetworks(neutron, { name });
  expect(own).toHaveLength(existingId === undefined ? 1 : 0);
  const networkId = existingId ?? own[0]?.id ?? '';
  const ports = await listPorts(neutron, { networkId });
  expect(ports.filter(({ deviceOwner }) => deviceOwner.startsWith('compute:'))).toHaveLength(
    controlPlane.count + nodes.count,
  );

  const group = async (suffix: string) => (await listSecurityGroups(neutron, { name: `${name}-${suffix}` }))[0];
  const open = async (suffix: string) =>
    (await group(suffix))?.rules
      .filter(({ direction }) => direction === 'ingress')
      .map(({ protocol, fromPort, remoteCidr }) => `${protocol} ${fromPort} ${remoteCidr}`)
      .sort();
  const rules = network.rules.map((rule) => ({ ...rule, text: `${rule.protocol} ${rule.ports?.[0]} ${rule.from}` }));
  const expected = (role: 'control-plane' | 'nodes') =>
    rules.filter(({ to }) => to === role || to === 'all').map(({ text }) => text);
  const api = [...network.apiFrom, ...(controlPlane.count === 3 ? [network.cidr] : [])].map(
    (from) => `tcp 6443 ${from}`,
  );
  expect(await open('control-plane')).toEqual([...new Set([...api, ...expected('control-plane')])].sort());
  expect(await open('node')).toEqual(expected('nodes').sort());
  const among = (await group('cluster'))?.rules.filter(({ direction }) => direction === 'ingress');
  expect(among).toHaveLength(2);
  expect(among?.every(({ remoteGroupId }) => remoteGroupId !== undefined)).toBe(true);
}

async function expectAddress(
  { octavia, offers }: OpenStack,
  { name, network, controlPlane }: ClusterSpec,
  { api_address, api_url, api_endpoint }: Readonly<Record<string, unknown>>,
): Promise<void> {
  expect(api_url).toBe(`https://${api_address}:6443`);
  expect(api_address === api_endpoint).toBe(!network.floatingIp);
  const balancers = (await offers('octavia')) ? await listLoadBalancers(octavia, { name: `${name}-api` }) : [];
  expect(balancers.map(({ address }) => address)).toEqual(controlPlane.count === 3 ? [api_endpoint] : []);
}

/** A network behind a router, as somebody has it already. */
async function makeNetwork({ neutron }: OpenStack, external: string, cluster: string) {
  const { network: name } = existingNetwork(cluster);
  const create = async (thing: string, collection: string, body: object): Promise<string> => {
    const made = await neutron.post<Record<string, { id: string }>>([collection], {
      doing: `Creating a ${thing}`,
      ok: [201],
      body: { [thing]: { name, ...body } },
    });
    return made[thing]?.id ?? '';
  };
  const [outside] = await listNetworks(neutron, { name: external });
  const id = await create('network', 'networks', {});
  const subnet = { network_id: id, ip_version: 4, cidr: existingCidr };
  const subnetId = await create('subnet', 'subnets', subnet);
  const routerId = await create('router', 'routers', { external_gateway_info: { network_id: outside?.id } });
  await interfaceOf(neutron, routerId, subnetId, 'add');
  return { id, subnetId, routerId };
}

async function removeNetwork(
  { neutron }: OpenStack,
  { id, subnetId, routerId }: { id: string; subnetId: string; routerId: string },
): Promise<void> {
  await interfaceOf(neutron, routerId, subnetId, 'remove');
  await neutron.delete(['routers', routerId], { doing: 'Deleting a router', ok: [204] });
  await neutron.delete(['networks', id], { doing: 'Deleting a network', ok: [204] });
}

async function interfaceOf(
  neutron: OpenStack['neutron'],
  router: string,
  subnetId: string,
  act: 'add' | 'remove',
): Promise<void> {
  await neutron.put(['routers', router, `${act}_router_interface`], {
    doing: 'Connecting a router',
    ok: [200],
    body: { subnet_id: subnetId },
  });
}
