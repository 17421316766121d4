import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { joinData, tomorrow } from './support/join-data.ts';
import { appliedManifests, type Machine, type MachineOptions, newMachine } from './support/machine.ts';
import { parseManifests } from './support/manifests.ts';
import { failures } from './support/states.ts';
import { type StoreServer, startStoreServer } from './support/store-server.ts';

let store: StoreServer;
let machine: Machine | undefined;

beforeEach(async () => {
  store = await startStoreServer();
  store.objects.set('join/control-plane.json', joinData(tomorrow));
});

afterEach(async () => {
  await machine?.remove();
  machine = undefined;
  await store.close();
});

async function started(options: Partial<MachineOptions>): Promise<Machine> {
  machine = await newMachine({ role: 'control-plane', store, ...options });
  return machine;
}

describe('a control plane of a cluster that is there', () => {
  it('joins as the second one, sends join data of its own, and leaves the rest to the first', async () => {
    const second = await started({ index: '1', settings: { control_planes: 3 } });

    const run = await second.apply();
    const [join] = parseManifests(await second.read('var/lib/stand-in/join.yaml'));
    const { stdout } = await second.run('find', '/var/lib/stand-in', '-name', 'applied');

    expect(failures(run)).toEqual([]);
    expect(join).toMatchObject({
      nodeRegistration: { name: 'staging-control-plane-1' },
      controlPlane: { certificateKey: 'e'.repeat(64) },
    });
    expect(JSON.parse(store.objects.get('join/node.json') ?? '')).toMatchObject({ token: 'abcdef.0123456789abcdef' });
    expect(stdout).toBe('');
  });

  it('joins as the first one that was made anew, and applies what the cluster has once', async () => {
    const first = await started({
      settings: { control_planes: 3, cloud_provider: false, cinder_csi: false, cni: 'cilium' },
    });
    await first.write(
      'opt/slipway/files/cni-cilium.yaml',
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: cilium}\n',
    );

    const run = await first.apply();
    const kubeadm = await first.calls('kubeadm');
    const applied = await appliedManifests(first);

    expect(failures(run)).toEqual([]);
    expect(kubeadm).toContain('kubeadm join --config /opt/slipway/etc/kubeadm-join.yaml');
    expect(kubeadm).not.toContainEqual(expect.stringMatching(/^kubeadm init --config/));
    expect([...applied.keys()].sort()).toEqual(['cni-cilium.yaml', 'groups.yaml']);
  });

  it('starts no second cluster when Swift does not say whether there is one', async () => {
    store.statuses.set('join/control-plane.json', 503);
    const first = await started({});

    const run = await first.apply();

    expect(failures(run)[0]).toBe('kubeadm-look: get join_control_plane_get: Swift answered 503, 6 times');
    expect(await first.calls('kubeadm')).not.toContainEqual(expect.stringMatching(/^kubeadm (init --config|join)/));
  });
});
