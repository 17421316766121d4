import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudConfig } from './support/cloud-config.ts';
import { writeImageArchive } from './support/images.ts';
import { appliedManifests, type Machine, newMachine } from './support/machine.ts';
import { containers, type Manifest, parseManifests, problemsOf } from './support/manifests.ts';
import { changed, failures, type StateRun } from './support/states.ts';
import { type StoreServer, startStoreServer } from './support/store-server.ts';

const exec = promisify(execFile);
const proxy = {
  http: 'http://proxy.example.org:3128',
  https: 'http://proxy.example.org:3128',
  no: '.example.org,127.0.0.1',
};

let store: StoreServer;
let machine: Machine;
let run: StateRun;
let manifests: Manifest[];

beforeAll(async () => {
  store = await startStoreServer();
  store.objects.set('cloud-config.json', cloudConfig('secret'));
  machine = await newMachine({
    role: 'control-plane',
    store,
    version: 'v1.30.4',
    grains: { os: 'AlmaLinux', os_family: 'RedHat', osmajorrelease: 9 },
    settings: { cni: 'none', image_repository: 'registry.example.org/k8s', proxy },
    files: await releaseFiles(),
  });
  run = await machine.apply();
  expect(failures(run)).toEqual([]);
  manifests = [...(await appliedManifests(machine)).values()].flatMap(parseManifests);
});

afterAll(async () => {
  await machine?.remove();
  await store?.close();
});

/** Files of a release that brings its own containerd 2, runc, plugins and images. */
async function releaseFiles(): Promise<Record<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-archives-'));
  const standIn = await readFile(join(import.meta.dirname, 'support/stand-in'));
  await mkdir(join(folder, 'bin'));
  for (const program of [
    'bin/containerd',
    'bin/ctr',
    'loopback',
    'bridge',
    'host-local',
    'portmap',
    'crictl',
    'runc',
  ]) {
    await writeFile(join(folder, program), standIn);
    await chmod(join(folder, program), 0o755);
  }
  await exec('tar', ['-C', folder, '-czf', join(folder, 'containerd.tar.gz'), 'bin']);
  await exec('tar', [
    '-C',
    folder,
    '-czf',
    join(folder, 'cni.tgz'),
    './loopback',
    './bridge',
    './host-local',
    './portmap',
  ]);
  await exec('tar', ['-C', folder, '-czf', join(folder, 'crictl.tar.gz'), 'crictl']);
  await writeImageArchive(join(folder, 'images.tar'), 'registry.k8s.io/pause:3.10.1', 'registry.k8s.io/etcd:3.6.4-0');
  const read = (name: string): Promise<Buffer> => readFile(join(folder, name));
  const files = {
    'containerd-2.1.4-linux-amd64.tar.gz': await read('containerd.tar.gz'),
    'cni-plugins-linux-amd64-v1.7.1.tgz': await read('cni.tgz'),
    'crictl-v1.34.0-linux-amd64.tar.gz': await read('crictl.tar.gz'),
    'images-control-plane.tar': await read('images.tar'),
    'runc.amd64': standIn,
  };
  await rm(folder, { recursive: true });
  return files;
}

describe('a control plane on Alma behind a proxy, with a registry and a release of its own', () => {
  it('becomes one, and stays as it is when the states are applied again', async () => {
    const again = await machine.apply();

    expect(failures(run)).toEqual([]);
    expect(failures(again)).toEqual([]);
    expect(changed(again)).toEqual([]);
  });

  it('runs the containerd of the release, configured as its version wants it', async () => {
    const unit = await machine.read('etc/systemd/system/containerd.service');
    const config = await machine.read('etc/containerd/config.toml');

    expect(unit).toContain('\nExecStart=/usr/local/bin/containerd\n');
    expect(config).toContain('\nversion = 3\n');
    expect(config).toContain('sandbox = "registry.example.org/k8s/pause:3.10.1"');
    expect((await machine.run('ls', '/opt/cni/bin')).stdout.split('\n')).toContain('loopback');
    expect((await machine.run('test', '-x', '/usr/local/sbin/runc')).status).toBe(0);
  });

  it('sends containerd through the proxy, but never to the cluster itself', async () => {
    const dropIn = await machine.read('etc/systemd/system/containerd.service.d/slipway-proxy.conf');
    const dnf = await machine.read('etc/dnf/dnf.conf');

    expect(dropIn).toContain('Environment="HTTPS_PROXY=http://proxy.example.org:3128"\n');
    expect(dropIn).toMatch(
      /"NO_PROXY=\.example\.org,127\.0\.0\.1,.*10\.123\.0\.5,10\.244\.0\.0\/16,10\.96\.0\.0\/12,\.svc/,
    );
    expect(dnf).toMatch(/^proxy\s*=\s*http:\/\/proxy\.example\.org:3128$/m);
  });

  it('configures an older kubeadm by the older API', async () => {
    const [init, cluster] = parseManifests(await machine.read('var/lib/stand-in/init.yaml'));

    expect(init).toMatchObject({
      apiVersion: 'kubeadm.k8s.io/v1beta3',
      nodeRegistration: { kubeletExtraArgs: { 'cloud-provider': 'external' } },
    });
    expect(cluster).toMatchObject({
      imageRepository: 'registry.example.org/k8s',
      controllerManager: { extraArgs: { 'cloud-provider': 'external' } },
    });
  });

  it('takes all images from the registry, and has those of the release by its name', async () => {
    const images = JSON.parse(await machine.read('var/lib/stand-in/ctr.json')) as string[];
    const wanted = containers(manifests).map(({ image }) => image);

    expect(wanted.filter((image) => !image.startsWith('registry.example.org/k8s/'))).toEqual([]);
    expect(wanted).toContain('registry.example.org/k8s/openstack-cloud-controller-manager:v1.30.0');
    expect(wanted).toContain('registry.example.org/k8s/cinder-csi-plugin:v1.32.0');
    expect(images).toContain('registry.example.org/k8s/kube-apiserver:v1.30.4');
    expect(images).toContain('registry.k8s.io/pause:3.10.1');
  });

  it('lets the cloud provider reach OpenStack through the proxy, and trust what Alma trusts', () => {
    const manager = containers(manifests).find(({ name }) => name === 'openstack-cloud-controller-manager');

    expect(problemsOf(manifests)).toEqual([]);
    expect(manager?.env).toContainEqual({ name: 'https_proxy', value: 'http://proxy.example.org:3128' });
    expect(manager?.volumeMounts?.map(({ mountPath }) => mountPath)).toContain('/etc/pki');
  });

  it('applies no network plugin', async () => {
    expect([...(await appliedManifests(machine)).keys()].sort()).toEqual([
      'cinder-csi-node.json',
      'cinder-csi.yaml',
      'cloud-config.json',
      'controller-manager.yaml',
      'groups.yaml',
      'storage-class.yaml',
    ]);
  });
});
