import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudConfig } from './support/cloud-config.ts';
import { appliedManifests, type Machine, newMachine } from './support/machine.ts';
import { failures } from './support/states.ts';
import { type StoreServer, startStoreServer } from './support/store-server.ts';

const complaint = `init --config
[init] Using Kubernetes version: v1.34.2
[preflight] Running pre-flight checks
[preflight] Some fatal errors occurred:
\t[ERROR NumCPU]: the number of available CPUs 1 is less than the required 2
\t[ERROR Mem]: the system RAM (900 MB) is less than the minimum 1700 MB
[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`
error: preflight checks failed
To see the stack trace of this error execute with --v=5 or higher`;

let store: StoreServer;
let machine: Machine;

beforeAll(async () => {
  store = await startStoreServer();
  machine = await newMachine({
    role: 'control-plane',
    store,
    settings: { cni: 'calico' },
  });
});

afterAll(async () => {
  await machine?.remove();
  await store?.close();
});

// One machine, on which one thing after the other is mended.
describe('a control plane on which something is wrong', () => {
  it('tells what kubeadm complains about, and does nothing that needs a cluster', async () => {
    await machine.write('var/lib/stand-in/kubeadm-fails', complaint);

    const run = await machine.apply();

    expect(failures(run)[0]).toBe(
      'kubeadm-init: kubeadm init: NumCPU: the number of available CPUs 1 is less than the required 2; ' +
        'Mem: the system RAM (900 MB) is less than the minimum 1700 MB',
    );
    expect(store.requests).toEqual(['GET join/control-plane.json']);
  });

  it('starts over after kubeadm has failed, and tells what is missing of the cloud and of the release', async () => {
    await machine.run('rm', '/var/lib/stand-in/kubeadm-fails');

    const run = await machine.apply();

    expect(await machine.calls('kubeadm')).toContain('kubeadm reset --force');
    expect(failures(run).filter((failure) => !failure.includes('requisite failed'))).toEqual([
      'cloud-provider-config: cloud.conf: get cloud_config_get: there is no such object',
      "addons-network-manifest: there is no cni-calico.yaml among the release's files; network.plugin.manifest of clusters.yaml names it",
    ]);
    expect(store.objects.has('join/node.json')).toBe(true);
  });

  it('does not start the cluster again, and applies what is there by now', async () => {
    const calico = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: calico\n';
    await machine.write('opt/slipway/files/cni-calico.yaml', calico);
    store.objects.set('cloud-config.json', cloudConfig('secret'));

    const run = await machine.apply();
    const inits = (await machine.calls('kubeadm')).filter((call) => call.startsWith('kubeadm init --config'));

    expect(failures(run)).toEqual([]);
    expect(inits).toHaveLength(2);
    expect((await appliedManifests(machine)).get('cni-calico.yaml')).toBe(calico);
  });
});
