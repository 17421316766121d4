import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PreflightTools, preflight } from '../../../jobs/preflight/preflight.ts';
import type { ClusterSpec } from '../../../src/clusters/cluster-spec.ts';
import { type Finding, problemsIn } from '../../../src/clusters/finding.ts';
import { silentLogger } from '../../../src/log.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { createImage, uploadImage } from '../../../src/openstack/glance/images.ts';
import { createKeypair } from '../../../src/openstack/nova/keypairs.ts';
import { connect, type OpenStack } from '../../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';
import { makePublicKey } from '../../../src/playground/demo/props.ts';
import { buildWorkerThatSays } from '../../support/build-worker.ts';
import { stagingSpec } from '../../support/fixtures.ts';
import { type Reticence, startReticent } from './reticent-cloud.ts';

const types = { nova: 'compute', neutron: 'network', cinder: 'block-storage', heat: 'orchestration' } as const;

/** Clouds that keep something to themselves may well take the cluster, and nothing may stand in its way for that. */
describe('the preflight on a cloud that does not tell everything', () => {
  const log = silentLogger();
  const { signal } = new AbortController();
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let spec: ClusterSpec;
  let closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none' });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    const key = makePublicKey();
    await createKeypair(openstack.nova, key);
    const { id } = await createImage(openstack.glance, { name: 'whole', diskFormat: 'raw', containerFormat: 'bare' });
    await uploadImage(openstack.glance, id, { content: () => Readable.from([Buffer.alloc(1024)]), size: 1024 });
    spec = { ...stagingSpec, image: { id }, keypair: { name: key.name } };
  });
  afterEach(async () => {
    for (const close of closing) await close();
    closing = [];
  });
  afterAll(async () => {
    await openstack.close();
    await cloud.close();
  });

  async function lookedAt(
    service: keyof typeof types,
    answerTo: Reticence,
    wanted = spec,
    from = openstack,
  ): Promise<Finding[]> {
    const reticent = await startReticent(await from[service].endpoint(), answerTo);
    const on = connect({ ...from.cloud, endpointOverrides: { [types[service]]: reticent.address } }, { log });
    closing.push(
      () => on.close(),
      () => reticent.close(),
    );
    const tools = {
      openstack: () => on,
      deployments: { recent: async () => [] },
      template: 'templates/heat/cluster.yaml',
      reservedCidrs: [],
      producer: buildWorkerThatSays(),
      log,
    } as unknown as PreflightTools;
    return [...(await preflight(wanted, tools, signal)).findings];
  }

  function refusing(pattern: RegExp, status: number): Reticence {
    const body = { message: 'Not for you.', error: { message: 'Not for you.' } };
    return ({ path }) => (pattern.test(path) ? { status, body } : undefined);
  }

  it.each([
    ['nova', /\/limits$/, 403, /^Nova’s limits could not be checked/],
    ['nova', /\/limits$/, 404, /^Nova’s limits could not be checked/],
    ['neutron', /\/quotas\//, 501, /^Neutron’s limits could not be checked/],
    ['neutron', /\/subnets$/, 403, /^The networks nearby could not be checked/],
    ['neutron', /\/routers$/, 404, /^The networks nearby could not be checked/],
    ['neutron', /\/ports$/, 403, /^The networks nearby could not be checked/],
    ['cinder', /\/limits$/, 403, /^Cinder’s limits could not be checked/],
    ['heat', /\/stacks$/, 403, /^The networks of other clusters could not be checked/],
    ['heat', /\/validate$/, 403, /^The template could not be checked/],
    ['heat', /\/stacks\/preview$/, 500, /^The stack could not be checked/],
  ] as const)('warns where %s refuses %s with %i', async (service, pattern, status, text) => {
    const findings = await lookedAt(service, refusing(pattern, status));

    expect(findings.filter(({ level }) => level !== 'ok')).toMatchObject([
      { level: 'warning', text: expect.stringMatching(text) },
    ]);
  });

  it.each([/\/validate$/, /\/stacks\/preview$/])(
    'takes Heat at its word where %s is refused with 400',
    async (pattern) => {
      const findings = await lookedAt('heat', refusing(pattern, 400));

      expect(problemsIn(findings)).toMatchObject([{ label: 'Heat', text: expect.stringContaining('Not for you.') }]);
    },
  );

  it('is content with an external network that Neutron does not call so', async () => {
    const { networks } = await openstack.neutron.get<{ networks: Record<string, unknown>[] }>(['networks'], {
      doing: 'Listing the networks',
      ok: [200],
    });
    const untold = networks.map(({ 'router:external': _, ...network }) => network);

    const findings = await lookedAt('neutron', ({ path }) =>
      path.endsWith('/networks') ? { status: 200, body: { networks: untold } } : undefined,
    );

    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  describe('and has a subnet behind a router to the same external network', () => {
    const taken = '10.77.0.0/24';

    beforeAll(async () => {
      const make = async (kind: string, body: object) => {
        const options = { doing: `Making a ${kind}`, ok: [201], body: { [kind]: body } };
        const made = await openstack.neutron.post<Record<string, { id: string }>>([`${kind}s`], options);
        return made[kind]?.id ?? '';
      };
      const { networks } = await openstack.neutron.get<{ networks: { id: string; name: string }[] }>(['networks'], {
        doing: 'Listing the networks',
        ok: [200],
      });
      const gateway = networks.find(({ name }) => name === spec.network.external)?.id;
      const network = await make('network', { name: 'offices' });
      const subnet = await make('subnet', { name: 'offices', network_id: network, cidr: taken, ip_version: 4 });
      const router = await make('router', { name: 'offices', external_gateway_info: { network_id: gateway } });
      const joining = { doing: 'Joining', ok: [200], body: { subnet_id: subnet } };
      await openstack.neutron.put(['routers', router, 'add_router_interface'], joining);
    });

    const onTaken = () => ({ ...spec, network: { ...spec.network, cidr: taken } });

    it('finds it in the way of its own project', async () => {
      const findings = await lookedAt('neutron', () => undefined, onTaken());

      expect(problemsIn(findings)).toMatchObject([{ text: expect.stringContaining('overlaps offices') }]);
    });

    const inside = (more: object) => ({
      ...spec,
      network: { ...spec.network, cidr: taken, existing: { network: 'offices', subnet: 'offices' }, ...more },
    });

    it('lets a cluster go in there, and says so', async () => {
      const findings = await lookedAt('neutron', () => undefined, inside({ dns: [] }));

      expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
      expect(findings).toContainEqual({
        level: 'ok',
        label: 'Network',
        text: 'offices (10.77.0.0/24) of offices, which is there, 1 floating IP',
      });
    });

    it.each([
      [{ cidr: '10.77.0.0/25' }, /^The subnet offices has the range 10\.77\.0\.0\/24, not 10\.77\.0\.0\/25$/],
      [{ existing: { network: 'offices', subnet: 'attic' } }, /^The network offices has no subnet attic$/],
      [{ existing: { network: 'houses', subnet: 'offices' } }, /^The cloud has no network houses$/],
      [{ external: 'public' }, /^No router leads from offices to public, so that no floating IP can lead there$/],
    ])('does not with %j', async (more, text) => {
      const findings = await lookedAt('neutron', () => undefined, inside(more));

      expect(problemsIn(findings)).toMatchObject([{ text: expect.stringMatching(text) }]);
    });

    it('needs no router there without floating IPs', async () => {
      const findings = await lookedAt('neutron', () => undefined, inside({ external: 'public', floatingIp: false }));

      expect(problemsIn(findings)).toEqual([]);
    });

    it('does not where it might be another cluster’s', async () => {
      const findings = await lookedAt('heat', refusing(/\/stacks$/, 403), onTaken());

      expect(problemsIn(findings)).toEqual([]);
    });

    it('does not for an operator, who sees it from another project', async () => {
      const admin = connect(readCloud('playground-admin', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
      closing.push(() => admin.close());

      const findings = await lookedAt('neutron', () => undefined, onTaken(), admin);

      expect(findings.map(({ text }) => text).join()).not.toContain('offices');
    });
  });
});
