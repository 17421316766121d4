import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SignedStore, type StackInputs, stackParameters } from '../../src/clusters/stack.ts';
import { silentLogger } from '../../src/log.ts';
import { createStack, getStack } from '../../src/openstack/heat/stacks.ts';
import { loadTemplate } from '../../src/openstack/heat/template-files.ts';
import { createKeypair } from '../../src/openstack/nova/keypairs.ts';
import { getServer, listServers } from '../../src/openstack/nova/servers.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import { newPublicKey } from '../contracts/public-key.ts';
import { connectToCloud, eventually } from '../contracts/support.ts';
import { approvedStaging, deploymentAfter } from '../support/fixtures.ts';
import { signedObject, someStackInputs, someStore } from '../support/stack-inputs.ts';
import { makeTinyImage } from '../support/tiny-image.ts';

const run = promisify(execFile);

/** As many as the template takes. */
const mostObjects = 25;

/** Nova takes 65535 characters of base64. */
const largestBytes = 48 * 1024;

/** Signed URLs of a cloud with a long name, for objects with long names. */
function long(url: string): string {
  const signature = 'f'.repeat(64);
  return url
    .replace('swift.example.org', 'object-store.region-one.public.cloud.example.org')
    .replace('secret', signature);
}

function longest(store: SignedStore['controlPlane']): SignedStore['controlPlane'];
function longest(store: SignedStore['node']): SignedStore['node'];
function longest(store: object): object {
  return Object.fromEntries(Object.entries(store).map(([name, url]) => [name, long(String(url))]));
}

const inputs: StackInputs = {
  ...someStackInputs,
  objects: Array.from({ length: mostObjects }, (_, index) => {
    const name = `images-of-an-addon-with-a-long-name-linux-amd64-${index}.tar.gz`;
    const known = { kind: 'file', name, size: 123_456_789, sha256: 'e'.repeat(64) } as const;
    return signedObject({ ...known, url: long(signedObject({ name: `files/${'d'.repeat(16)}/${name}` }).url) });
  }),
  store: { controlPlane: longest(someStore.controlPlane), node: longest(someStore.node) },
};

describe('the user data of a server', () => {
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let operator: OpenStack;
  let directory: string;
  const userData = new Map<string, string>();

  beforeAll(async () => {
    cloud = await startCloud({ log: silentLogger() });
    openstack = await connectToCloud(cloud.cloudsFile, 'playground');
    operator = await connectToCloud(cloud.cloudsFile, 'playground-admin');
    directory = await mkdtemp(join(tmpdir(), 'slipway-user-data-'));
    const image = (await makeTinyImage(openstack.glance, 'debian-12')).id;
    await createKeypair(openstack.nova, { name: 'ops', publicKey: newPublicKey() });
    const ref = await createStack(openstack.heat, {
      ...(await loadTemplate('templates/heat/cluster.yaml')),
      name: 'slipway-staging',
      parameters: stackParameters(deploymentAfter(...approvedStaging), { ...inputs, image }),
    });
    const servers = await eventually(async () => {
      const { state, statusReason } = await getStack(openstack.heat, ref, { resolveOutputs: false });
      if (state === 'FAILED') throw new Error(statusReason);
      const found = await listServers(openstack.nova);
      return found.length === 2 ? found : undefined;
    }, 50);
    for (const { id, metadata } of servers) {
      userData.set(metadata.slipway_role ?? '', (await getServer(operator.nova, id)).userData ?? '');
    }
  });
  afterAll(async () => {
    await openstack.close();
    await operator.close();
    await cloud.close();
    await rm(directory, { recursive: true, force: true });
  });

  describe.each(['control-plane', 'node'])('of the role %s', (role) => {
    it('is a cloud-config to cloud-init', async () => {
      const file = join(directory, `${role}.yaml`);
      await writeFile(file, userData.get(role) ?? '');

      const { stdout } = await run('cloud-init', ['schema', '--config-file', file]);

      expect(stdout).toContain('Valid cloud-config');
    });

    it(`leaves Nova room with ${mostObjects} objects`, () => {
      const size = Buffer.byteLength(userData.get(role) ?? '');

      expect(size).toBeGreaterThan(10_000);
      expect(size).toBeLessThan(largestBytes);
    });

    it('holds the URLs of its own role only', () => {
      const has = (text: string) => userData.get(role)?.includes(text);

      expect(has('admin_conf_put')).toBe(role === 'control-plane');
      expect(has('cloud_config_get')).toBe(role === 'control-plane');
      expect(has('join_node_get')).toBe(role === 'node');
    });
  });
});
