import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Deployment, isTerminal } from '../../src/clusters/deployment.ts';
import { clusterContainer, clusterObjects, releasesContainer } from '../../src/clusters/names.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { findStack } from '../../src/openstack/heat/stacks.ts';
import { listServers } from '../../src/openstack/nova/servers.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { findContainer } from '../../src/openstack/swift/containers.ts';
import { findObjectText, listObjects, putObject } from '../../src/openstack/swift/objects.ts';
import { makePublicKey } from '../../src/playground/demo/props.ts';
import { BootRelease, type NamedFile } from './support/boot-release.ts';
import { BootWorld, patienceMs } from './support/boot-world.ts';

/** A cluster of the lab: servers of a plain Debian, and nothing from outside. */
function cluster(
  release: BootRelease,
  nodes: number,
  changes: { salt?: NamedFile; files?: readonly NamedFile[] } = {},
) {
  const { salt = release.salt, files = [] } = changes;
  const { name: keypair, publicKey } = key;
  return {
    cloud: 'lab',
    channel: 'C0DEPLOYS',
    kubernetes: release.kubernetes,
    firstBoot: { within: '2h', salt: { file: salt.file, sha512: salt.sha512 }, files: [...release.files, ...files] },
    image: { name: 'debian' },
    keypair: { name: keypair, publicKey },
    controlPlane: { count: 1, flavor: 'm1.medium' },
    nodes: { count: nodes, max: 3, flavor: 'm1.small' },
    network: { external: 'gateway', cidr: '10.123.0.0/24', dns: ['172.24.5.1'] },
  };
}

const key = makePublicKey();
const ended = ({ state }: Deployment): boolean => isTerminal(state);

describe('servers that really boot, from a plain Debian', () => {
  let release: BootRelease;
  let world: BootWorld;
  let openstack: OpenStack;

  beforeAll(async () => {
    openstack = connect(readCloud('lab', process.env), { log: silentLogger() });
    release = await BootRelease.make();
    world = await BootWorld.open({
      whole: cluster(release, 1),
      broken: cluster(release, 0, { salt: await release.file('salt-onedir.tar.gz', 'no tarball at all') }),
      forged: cluster(release, 0, { files: [await release.file('extra.bin', 'as it was published')] }),
      stuck: cluster(release, 0, { files: [await release.file('kubeadm-fails', 'yes\n')] }),
    });
  });
  afterAll(async () => {
    await world?.close();
    await release?.close();
    await openstack?.close();
  });

  async function toldBy(name: string): Promise<string> {
    const { failure } = await world.reached(name, ended);
    return [failure?.message, ...(failure?.lines ?? [])].join('\n');
  }

  it(
    'set themselves up from Swift with Salt, and find one another',
    async () => {
      await world.up('whole');
      const { state, failure, id, steps } = await world.reached('whole', ended);

      expect(failure).toBeUndefined();
      expect(state).toBe('succeeded');
      const stack = await findStack(openstack.heat, 'slipway-whole');
      expect(stack?.status).toBe('CREATE_COMPLETE');
      const { health } = steps.verify?.result ?? {};
      // The stand-in for kubelet says no more than that it has reached its control plane; its API is not Kubernetes'.
      expect(health?.seenBy).toBe('report');
      expect(health?.nodes.map(({ name, role, ready }) => [name, role, ready])).toEqual([
        ['whole-control-plane-0', 'control-plane', true],
        ['whole-node-0', 'node', true],
      ]);
      const { joinNode, adminConf } = clusterObjects(id);
      const joinData = JSON.parse((await findObjectText(openstack.swift, clusterContainer('whole'), joinNode)) ?? '');
      expect(joinData).toMatchObject({ endpoint: expect.stringMatching(/^10\.123\.0\.\d+:6443$/) });
      expect(await findObjectText(openstack.swift, clusterContainer('whole'), adminConf)).toContain('kind: Config');
      expect(await world.thread('whole')).toContain('whole is up');
    },
    patienceMs,
  );

  it(
    'can go again, with all that the cluster had',
    async () => {
      const { state } = await world.down('whole');

      expect(state).toBe('succeeded');
      expect((await listServers(openstack.nova)).filter(({ name }) => name.startsWith('whole-'))).toEqual([]);
      expect(await findContainer(openstack.swift, clusterContainer('whole'))).toBeUndefined();
    },
    patienceMs,
  );

  it(
    'say why they stop: a tarball that is none, another object than was published',
    async () => {
      await Promise.all(['broken', 'forged'].map((name) => world.up(name)));
      const forged = await world.reached('forged', ({ steps }) => steps.publish?.state === 'done');
      const object = forged.steps.publish?.result?.objects.find(({ name }) => name === 'extra.bin')?.object ?? '';
      const forgery = Buffer.from('AS IT WAS PUBLISHED');
      const content = () => Readable.from([forgery]);
      await putObject(openstack.swift, { container: releasesContainer, object, content, size: forgery.length });

      expect(await toldBy('broken')).toContain(
        'control plane: salt-onedir.tar.gz cannot be read as a compressed tar file',
      );
      expect(await toldBy('forged')).toMatch(/control plane: extra\.bin has sha256 [0-9a-f]{12}\.\.\., expected/);
      for (const name of ['broken', 'forged']) expect((await world.down(name)).state).toBe('succeeded');
    },
    patienceMs,
  );

  it(
    'say which state fails, with the end of the log',
    async () => {
      await world.up('stuck');
      const stuck = await toldBy('stuck');

      expect(stuck).toContain('control plane: state kubeadm-init: ');
      expect(stuck).toContain('the API server did not become healthy in 4m0s');
      expect(await world.thread('stuck')).toContain('state kubeadm-init');
      const { id } = await world.reached('stuck', ended);
      const logs = await listObjects(openstack.swift, clusterContainer('stuck'), { prefix: clusterObjects(id).logs });
      expect(logs.map(({ name }) => name)).toEqual([`${clusterObjects(id).logs}stuck-control-plane-0.log`]);
      expect((await world.down('stuck')).state).toBe('succeeded');
    },
    patienceMs,
  );
});
