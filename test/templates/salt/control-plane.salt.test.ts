import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudConfig } from './support/cloud-config.ts';
import { appliedManifests, type Machine, newMachine } from './support/machine.ts';
import { containers, find, type Manifest, parseManifests, problemsOf } from './support/manifests.ts';
import { changed, failures, type StateRun } from './support/states.ts';
import { type StoreServer, signature, startStoreServer } from './support/store-server.ts';

const secret = 'a#b;c "d\\e';

let store: StoreServer;
let machine: Machine;
let first: StateRun;
let manifests: Manifest[];

beforeAll(async () => {
  store = await startStoreServer();
  store.objects.set('cloud-config.json', cloudConfig(secret));
  machine = await newMachine({ role: 'control-plane', store });
  first = await machine.apply();
  expect(failures(first)).toEqual([]);
  manifests = [...(await appliedManifests(machine)).values()].flatMap(parseManifests);
});

afterAll(async () => {
  await machine?.remove();
  await store?.close();
});

describe('the first control plane', () => {
  it('becomes one', () => {
    expect(failures(first)).toEqual([]);
    expect(first.status).toBe(0);
  });

  it('has a kernel and a network as the kubelet wants them', async () => {
    const { stdout } = await machine.run(
      'sh',
      '-c',
      'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/bridge/* /proc/swaps',
    );

    expect(stdout.split('\n')).toEqual(['1', '1', '1', 'Filename Type Size Used Priority', '']);
    expect(await machine.read('etc/fstab')).toBe('/dev/vda1 / ext4 defaults 0 1\n# /dev/vda2 none swap sw 0 0\n');
    expect(await machine.read('etc/modules-load.d/slipway.conf')).toMatch(/^overlay\nbr_netfilter$/m);
  });

  it('has a containerd that shares its cgroups with systemd, and pause with kubeadm', async () => {
    const config = await machine.read('etc/containerd/config.toml');

    expect(config).toContain('\nversion = 2\n');
    expect(config).toContain('SystemdCgroup = true');
    expect(config).toContain('sandbox_image = "registry.k8s.io/pause:3.10.1"');
  });

  it('has the images of the release by the names that kubeadm calls them', async () => {
    const images = JSON.parse(await machine.read('var/lib/stand-in/ctr.json')) as string[];

    expect(images.filter((image) => !image.includes('-amd64'))).toEqual([
      'registry.k8s.io/kube-apiserver:v1.34.2',
      'registry.k8s.io/kube-controller-manager:v1.34.2',
      'registry.k8s.io/kube-proxy:v1.34.2',
      'registry.k8s.io/kube-scheduler:v1.34.2',
    ]);
  });

  it('starts the cluster with the names, addresses and networks of the deployment', async () => {
    const [init, cluster, kubelet] = parseManifests(await machine.read('var/lib/stand-in/init.yaml'));

    expect(init).toMatchObject({
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      nodeRegistration: {
        name: 'staging-control-plane-0',
        kubeletExtraArgs: [{ name: 'cloud-provider', value: 'external' }],
      },
    });
    expect(cluster).toMatchObject({
      clusterName: 'staging-7f3a',
      kubernetesVersion: 'v1.34.2',
      controlPlaneEndpoint: '10.123.0.5:6443',
      networking: { podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/12', dnsDomain: 'cluster.local' },
      apiServer: { certSANs: ['10.123.0.5', '172.24.5.7', 'staging-control-plane-0', '127.0.0.1'] },
    });
    expect(cluster).not.toHaveProperty('imageRepository');
    expect(kubelet).toMatchObject({ kind: 'KubeletConfiguration', cgroupDriver: 'systemd' });
    expect(await machine.calls('kubeadm')).toContain(
      'kubeadm init --config /opt/slipway/etc/kubeadm-init.yaml --skip-token-print --skip-certificate-key-print',
    );
  });

  it('sends what others need to join, and the kubeconfig', () => {
    const node = JSON.parse(store.objects.get('join/node.json') ?? '') as Record<string, unknown>;
    const controlPlane = JSON.parse(store.objects.get('join/control-plane.json') ?? '') as Record<string, unknown>;

    expect(node).toEqual({
      endpoint: '10.123.0.5:6443',
      token: 'abcdef.0123456789abcdef',
      caCertHashes: [`sha256:${'7'.padStart(64, '0')}`],
      until: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(controlPlane).toEqual({ ...node, certificateKey: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(store.objects.get('admin.conf')).toMatch(/^apiVersion: v1\nkind: Config/);
  });

  it('renews that by timers, and reports', async () => {
    const services = JSON.parse(await machine.read('var/lib/stand-in/systemctl.json')) as Record<string, string[]>;
    const report = await machine.run('env', 'PATH=/usr/local/bin:/usr/bin:/bin', '/opt/slipway/bin/slipway-report');

    const timers = ['slipway-join-data.timer', 'slipway-report.timer', 'slipway-upgrade.timer'];
    expect(services.enabled).toEqual(['containerd', 'kubelet', ...timers]);
    expect(services.active).toEqual(['containerd', ...timers]);
    expect(await machine.read('etc/systemd/system/slipway-report.service')).toContain(
      '/opt/slipway/bin/slipway-report',
    );
    expect(report).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(JSON.parse(store.objects.get('report.json') ?? '')).toMatchObject({ nodes: [], pods: [] });
  });

  it('applies manifests that the API server and the kubelet can do something with', () => {
    expect(problemsOf(manifests)).toEqual([]);
    expect(manifests.filter(({ spec }) => spec?.template !== undefined).map(({ metadata }) => metadata.name)).toEqual([
      'csi-cinder-controllerplugin',
      'csi-cinder-nodeplugin',
      'openstack-cloud-controller-manager',
      'kube-flannel',
    ]);
  });

  it('gives the cloud provider the release of its own that goes with Kubernetes, and the cluster a name in the cloud', () => {
    const all = containers(manifests);
    const arguments_ = all.flatMap(({ args }) => args ?? []);

    expect(all.map(({ image }) => image)).toContain(
      'registry.k8s.io/provider-os/openstack-cloud-controller-manager:v1.34.0',
    );
    expect(all.map(({ image }) => image)).toContain('registry.k8s.io/provider-os/cinder-csi-plugin:v1.34.0');
    expect(arguments_).toEqual(expect.arrayContaining(['--cluster-name=staging-7f3a', '--cluster=staging-7f3a']));
  });

  it('quotes the cloud provider\u2019s configuration, and completes it', () => {
    const { data = {} } = find(manifests, 'Secret', 'cloud-config');
    const text = Buffer.from(data['cloud.conf'] ?? '', 'base64').toString();

    expect(text).toContain('application-credential-secret = "a#b;c \\"d\\\\e"\n');
    expect(text).toContain('ca-file = "/etc/config/ca.crt"\n');
    expect(text).toContain('subnet-id = "c0ffee00-0000-4000-8000-000000000001"\n');
    expect(Buffer.from(data['ca.crt'] ?? '', 'base64').toString()).toBe('-----BEGIN CERTIFICATE-----\n');
  });

  it('gives nodes no credential of the cloud', () => {
    const { data = {} } = find(manifests, 'ConfigMap', 'cinder-csi-node');

    expect(data['cloud.conf']).toBe('[BlockStorage]\nnode-volume-attach-limit = "25"\n');
  });

  it('gives flannel the pod network, people their groups, and claims a default class', () => {
    const network = find(manifests, 'ConfigMap', 'flannel').data?.['net-conf.json'] ?? '';
    const groups = manifests.filter(({ metadata }) => metadata.name.startsWith('slipway:'));
    const storageClass = find(manifests, 'StorageClass', 'cinder');

    expect(JSON.parse(network)).toMatchObject({ Network: '10.244.0.0/16', Backend: { Type: 'vxlan' } });
    expect(groups.map((each) => (each as unknown as { roleRef: { name: string } }).roleRef.name)).toEqual([
      'cluster-admin',
      'edit',
      'view',
    ]);
    expect(storageClass.metadata.annotations).toEqual({ 'storageclass.kubernetes.io/is-default-class': 'true' });
  });

  it('keeps secrets out of what Salt prints and out of process arguments, in files of root alone', async () => {
    const calls = await machine.read('var/lib/stand-in/calls');
    const { certificateKey } = JSON.parse(store.objects.get('join/control-plane.json') ?? '') as Record<string, string>;
    const { stdout } = await machine.run(
      'find',
      '/opt/slipway/etc',
      '/etc/kubernetes/slipway',
      '-type',
      'f',
      '-perm',
      '/077',
    );

    for (const text of [first.text, calls]) {
      expect(text).not.toContain(signature);
      expect(text).not.toContain('a#b;c');
      expect(text).not.toContain('abcdef.0123456789abcdef');
      expect(text).not.toContain(certificateKey);
    }
    expect(stdout).toBe('');
  });

  it('changes nothing when the states are applied again, and the pods when the credential has changed', async () => {
    const before = find(manifests, 'DaemonSet', 'openstack-cloud-controller-manager').spec?.template.metadata
      .annotations;

    const again = await machine.apply();
    store.objects.set('cloud-config.json', cloudConfig('renewed'));
    const renewed = await machine.apply();
    const text = (await appliedManifests(machine)).get('controller-manager.yaml') ?? '';

    expect(failures(again)).toEqual([]);
    expect(changed(again)).toEqual([]);
    expect(changed(renewed)).toEqual([
      'cloud-provider-config',
      'cloud-provider-secret',
      'cloud-provider-controller-manager-manifest',
      'cloud-provider-controller-manager',
      'cloud-provider-cinder-csi-manifest',
      'cloud-provider-cinder-csi',
    ]);
    const after = find(parseManifests(text), 'DaemonSet', 'openstack-cloud-controller-manager').spec?.template.metadata;
    expect(after?.annotations).not.toEqual(before);
  });
});
