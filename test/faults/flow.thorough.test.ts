import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactId, recipeOf } from '../../src/clusters/artifact.ts';
import { artifactFolder, releasesContainer } from '../../src/clusters/names.ts';
import { deleteImage, listImages } from '../../src/openstack/glance/images.ts';
import { deleteKeypair } from '../../src/openstack/nova/keypairs.ts';
import { deleteObject, listObjects } from '../../src/openstack/swift/objects.ts';
import type { FaultKind } from '../support/fault-kinds.ts';
import type { Inventory } from './inventory.ts';
import { type MadeProps, makeProps } from './props.ts';
import { type FlowCall, type Props, runScenario, type Trouble } from './scenario.ts';
import { type FaultyCloud, openFaultyLab } from './world.ts';

const cloudsFile = process.env.OS_CLIENT_CONFIG_FILE ?? '/var/lib/openstack-lab/clouds.yaml';
const cluster = `faults-${randomBytes(3).toString('hex')}`;

/** The call of a shape, in which everything that differs from run to run is left open. */
function trouble(kind: FaultKind, phase: FlowCall['phase'], method: string, service: string, shape: string): Trouble {
  return { kind, call: { phase, method, service, shape, hasBody: method !== 'DELETE' } };
}

describe('a deployment on a real OpenStack in which calls go wrong', () => {
  let directory: string;
  let made: MadeProps;
  let props: Props;
  let lab: FaultyCloud;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-faults-'));
    lab = await openFaultyLab(cloudsFile);
    made = await makeProps(directory);
    const spec = { ...made.spec, name: cluster, image: { ...made.spec.image, name: `image-of-${cluster}` } };
    // The scenario ends with its cloud, and what it left is looked at and removed afterwards.
    props = { ...made, spec, open: async () => ({ ...lab, close: () => Promise.resolve() }), paceMs: 1_000 };
  });
  afterAll(async () => {
    const { glance, nova, swift } = lab.direct;
    for (const { id } of await listImages(glance, { name: `image-of-${cluster}` })) await deleteImage(glance, id);
    await deleteKeypair(nova, props.spec.keypair.name);
    const ours = await listObjects(swift, releasesContainer, { prefix: artifactFolder(artifact()) });
    for (const { name } of ours) await deleteObject(swift, releasesContainer, name);
    made.close();
    await lab.close();
    await rm(directory, { recursive: true, force: true });
  });

  function artifact(): string {
    const recipe = recipeOf(props.spec.kubernetes, undefined);
    return recipe === undefined ? '' : artifactId(recipe);
  }

  /** The project belongs to others as well. */
  function own(inventory: Inventory): Inventory {
    const { keypair } = props.spec;
    const mine = (line: string) => line.includes(cluster) || line === keypair.name;
    return Object.fromEntries(Object.entries(inventory).map(([kind, lines]) => [kind, lines.filter(mine)]));
  }

  it('comes up, grows and goes down as if nothing had happened, and makes nothing twice', async () => {
    const tarball = `/slipway-releases/artifacts/${artifact()}/*/kubernetes-server-linux-amd64.tar.gz`;
    const stack = `/stacks/slipway-${cluster}/*`;

    const { up, scale, down, struck } = await runScenario(props, [
      trouble('503', 'plan of up', 'GET', 'compute', '/flavors/detail'),
      trouble('reset in the body', 'up', 'PUT', 'object-store', tarball),
      trouble('401', 'up', 'PUT', 'image', '/v2/images/*/file'),
      trouble('lost answer', 'up', 'POST', 'compute', '/os-keypairs'),
      trouble('lost answer', 'up', 'POST', 'orchestration', '/stacks'),
      trouble('truncated', 'up', 'GET', 'orchestration', `${stack}/events`),
      trouble('lost answer', 'scale', 'PATCH', 'orchestration', stack),
      trouble('lost answer', 'down', 'DELETE', 'orchestration', stack),
    ]);

    expect(struck).not.toContain(false);
    expect(up.deployment).toMatchObject({ state: 'succeeded' });
    expect(own(up.inventory)).toMatchObject({
      stacks: expect.arrayContaining([`slipway-${cluster} CREATE_COMPLETE`]),
      servers: [`${cluster}-control-plane-0 ACTIVE`, `${cluster}-node-0 ACTIVE`],
      images: [`image-of-${cluster} active 300000`],
      keypairs: [props.spec.keypair.name],
      networks: [cluster],
      routers: [cluster],
      securityGroups: [`${cluster}-cluster`, `${cluster}-control-plane`, `${cluster}-node`],
    });
    expect(scale?.deployment).toMatchObject({ state: 'succeeded' });
    expect(own(scale?.inventory ?? {}).servers).toEqual([
      `${cluster}-control-plane-0 ACTIVE`,
      `${cluster}-node-0 ACTIVE`,
      `${cluster}-node-1 ACTIVE`,
    ]);
    expect(down.deployment).toMatchObject({ state: 'succeeded' });
    expect(own(down.inventory)).toMatchObject({ stacks: [], servers: [], ports: [], networks: [], routers: [] });
  });
});
