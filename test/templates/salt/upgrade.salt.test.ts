import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudConfig } from './support/cloud-config.ts';
import { joinData, tomorrow } from './support/join-data.ts';
import { appliedManifests, type Exit, type Machine, newMachine } from './support/machine.ts';
import { parseManifests } from './support/manifests.ts';
import { publishRelease } from './support/release.ts';
import { changed, failures } from './support/states.ts';
import { type StoreServer, startStoreServer } from './support/store-server.ts';

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

let store: StoreServer;
let objects: Record<string, unknown>[];

beforeAll(async () => {
  store = await startStoreServer();
  store.objects.set('cloud-config.json', cloudConfig('secret'));
  store.objects.set('join/node.json', joinData(tomorrow));
  objects = await publishRelease(store, 'v1.35.1');
});

afterAll(() => store?.close());

/** As the timer does it. */
function upgrade(machine: Machine, host: string, instruction: { id: string; role_step: string }): Promise<Exit> {
  const known = { version: 'v1.35.1', release: 'v1.35.1-0123456789ab', objects };
  store.objects.set(`upgrades/${host}.json`, JSON.stringify({ ...known, ...instruction }));
  return machine.run('env', `PATH=${path}`, '/opt/slipway/bin/slipway-upgrade');
}

function outcome(host: string): Record<string, unknown> {
  return JSON.parse(store.objects.get(`upgraded/${host}.json`) ?? '{}') as Record<string, unknown>;
}

/** What was done to the kubelet and by kubeadm, in order. */
async function order(machine: Machine): Promise<string[]> {
  const lines = (await machine.read('var/lib/stand-in/calls')).trim().split('\n');
  const calls = lines.map((line) => (JSON.parse(line) as string[]).join(' '));
  return calls.filter((call) => /^kubeadm upgrade|restart kubelet/.test(call));
}

/** The version of which an installed program is. */
async function versionOf(machine: Machine, program: string): Promise<string | undefined> {
  return (await machine.read(`usr/local/bin/${program}`)).trim().split('\n').at(-1);
}

// One machine, on which one thing comes after the other.
describe('the first control plane', () => {
  const host = 'staging-control-plane-0';
  let machine: Machine;

  beforeAll(async () => {
    machine = await newMachine({ role: 'control-plane', store });
    expect(failures(await machine.apply())).toEqual([]);
  });

  afterAll(() => machine?.remove());

  it('upgrades the cluster, and its kubelet only then', async () => {
    const exit = await upgrade(machine, host, { id: 'staging-m2-1', role_step: 'apply' });

    expect(outcome(host)).toMatchObject({ id: 'staging-m2-1', state: 'done', reason: '', version: 'v1.35.1' });
    expect(exit.status).toBe(0);
    expect(await order(machine)).toEqual([
      'kubeadm upgrade apply v1.35.1 --yes --config=/opt/slipway/etc/kubeadm-upgrade.yaml ' +
        '--allow-experimental-upgrades --allow-release-candidate-upgrades',
      'systemctl restart kubelet',
    ]);
    expect(await machine.read('var/lib/stand-in/kubelet-before')).toBe('# v1.34.2');
    expect(await versionOf(machine, 'kubelet')).toBe('# v1.35.1');
    expect(parseManifests(await machine.read('var/lib/stand-in/upgrade.yaml'))[0]).toMatchObject({
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'UpgradeConfiguration',
      timeouts: { upgradeManifests: '15m0s' },
    });
  });

  it('has the images of the new version, and the cloud provider that goes with it', async () => {
    const images = JSON.parse(await machine.read('var/lib/stand-in/ctr.json')) as string[];
    const manifests = await appliedManifests(machine);

    expect(images).toContain('registry.k8s.io/kube-apiserver:v1.35.1');
    expect(manifests.get('controller-manager.yaml')).toContain('openstack-cloud-controller-manager:v1.35.');
  });

  it('starts no cluster again, and is left as it is when the states are applied again', async () => {
    const run = await machine.apply();
    const calls = await machine.calls('kubeadm');

    expect(failures(run)).toEqual([]);
    expect(changed(run)).toEqual([]);
    expect(calls.filter((call) => call.startsWith('kubeadm init --config'))).toHaveLength(1);
    expect(calls).not.toContainEqual(expect.stringContaining('reset'));
  });

  it('has nothing to do when it is told to upgrade to what it has', async () => {
    await upgrade(machine, host, { id: 'staging-m3-1', role_step: 'apply' });

    expect(outcome(host)).toMatchObject({ id: 'staging-m3-1', state: 'done' });
    expect(await order(machine)).toHaveLength(2);
    expect(await machine.read('var/log/slipway-upgrade.log')).toMatch(/ 0 of them changed something/);
  });
});

describe('a node, on Rocky', () => {
  const host = 'staging-node-0';
  let machine: Machine;

  beforeAll(async () => {
    machine = await newMachine({
      role: 'node',
      store,
      grains: { os: 'Rocky', os_family: 'RedHat', osmajorrelease: 9 },
    });
    expect(failures(await machine.apply())).toEqual([]);
  });

  afterAll(() => machine?.remove());

  it('tells why kubeadm could not upgrade it, and keeps the kubelet that it has', async () => {
    const said = 'error: error execution phase kubelet-config: no kubelet-config in kube-system';
    await machine.write(
      'var/lib/stand-in/kubeadm-fails',
      `upgrade node\n${said}\nTo see the stack trace of this error`,
    );

    const exit = await upgrade(machine, host, { id: 'staging-m2-1', role_step: 'node' });

    expect(exit.status).toBe(0);
    expect(outcome(host)).toMatchObject({
      state: 'failed',
      reason: 'state kubeadm-upgrade: kubeadm upgrade node: kubelet-config: no kubelet-config in kube-system',
    });
    expect(store.objects.get(`logs/${host}.log`)).toContain('FAILED  kubeadm-upgrade');
    expect(await versionOf(machine, 'kubelet')).toBe('# v1.34.2');
  });

  it('is upgraded by the next instruction, once that is mended', async () => {
    await machine.run('rm', '/var/lib/stand-in/kubeadm-fails');

    await upgrade(machine, host, { id: 'staging-m2-2', role_step: 'node' });
    const again = await machine.apply();

    const command = 'kubeadm upgrade node --config=/opt/slipway/etc/kubeadm-upgrade.yaml';
    expect(outcome(host)).toMatchObject({ id: 'staging-m2-2', state: 'done' });
    expect(await order(machine)).toEqual([command, command, 'systemctl restart kubelet']);
    expect(await versionOf(machine, 'kubelet')).toBe('# v1.35.1');
    expect(changed(again)).toEqual([]);
  });
});
