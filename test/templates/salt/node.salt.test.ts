import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinData, tomorrow, yesterday } from './support/join-data.ts';
import { type Machine, newMachine } from './support/machine.ts';
import { parseManifests } from './support/manifests.ts';
import { changed, failures } from './support/states.ts';
import { type StoreServer, startStoreServer } from './support/store-server.ts';

let store: StoreServer;
let machine: Machine;

beforeAll(async () => {
  store = await startStoreServer();
  machine = await newMachine({
    role: 'node',
    store,
    grains: { os: 'Rocky', os_family: 'RedHat', osmajorrelease: 9 },
    pillar: { join_data: { wait_seconds: 1 } },
  });
});

afterAll(async () => {
  await machine?.remove();
  await store?.close();
});

// One machine, as its first boot and later runs leave it.
describe('a node, on Rocky', () => {
  it('says that it waited in vain for join data, and goes no further', async () => {
    const run = await machine.apply();

    expect(failures(run)[0]).toBe('kubeadm-wait: wait join_node_get: waited 1 seconds in vain: it was not there');
    expect(run.status).not.toBe(0);
    expect(await machine.calls('kubeadm')).not.toContainEqual(expect.stringMatching(/^kubeadm join/));
  });

  it('joins with join data that come while it waits, and not with those that are out of date', async () => {
    await setWait(600);
    store.objects.set('join/node.json', joinData(yesterday));
    store.requests.length = 0;

    const running = machine.apply();
    await expect.poll(() => store.requests.length, { timeout: 100_000 }).toBeGreaterThan(2);
    store.objects.set('join/node.json', joinData(tomorrow));
    const run = await running;
    const [join] = parseManifests(await machine.read('var/lib/stand-in/join.yaml'));

    expect(failures(run)).toEqual([]);
    expect(join).toMatchObject({
      kind: 'JoinConfiguration',
      nodeRegistration: { name: 'staging-node-0' },
      discovery: { bootstrapToken: { apiServerEndpoint: '10.123.0.5:6443', token: 'fedcba.fedcba9876543210' } },
    });
    expect(join).not.toHaveProperty('controlPlane');
  });

  it('brings only kube-proxy of the images of Kubernetes', async () => {
    const images = JSON.parse(await machine.read('var/lib/stand-in/ctr.json')) as string[];

    expect(images).toEqual(['registry.k8s.io/kube-proxy-amd64:v1.34.2', 'registry.k8s.io/kube-proxy:v1.34.2']);
  });

  it('forgets what it joined by, and has none of what control planes have', async () => {
    const { stdout } = await machine.run('ls', '/opt/slipway/etc');
    const services = JSON.parse(await machine.read('var/lib/stand-in/systemctl.json')) as Record<string, string[]>;

    expect(stdout).not.toMatch(/join/);
    expect(services.enabled).toEqual(['containerd', 'kubelet', 'slipway-upgrade.timer']);
  });

  it('is left as it is when the states are applied again', async () => {
    store.objects.clear();

    const run = await machine.apply();

    expect(failures(run)).toEqual([]);
    expect(changed(run)).toEqual([]);
  });
});

async function setWait(seconds: number): Promise<void> {
  const path = 'opt/slipway/pillar/slipway.sls';
  const { slipway } = JSON.parse(await machine.read(path)) as { slipway: Record<string, unknown> };
  await machine.write(path, JSON.stringify({ slipway: { ...slipway, join_data: { wait_seconds: seconds } } }));
}
