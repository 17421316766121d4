import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeImageArchive } from './support/images.ts';
import type { Exit } from './support/machine.ts';
import { newWorkshop, type Workshop } from './support/run-program.ts';

const exec = promisify(execFile);

let workshop: Workshop;

beforeEach(async () => {
  workshop = await newWorkshop('kubernetes-images/files/slipway-images');
  await workshop.write('images', '');
  // Keeps its list in a file; what an archive has is in a file beside it.
  await workshop.standIn(
    'ctr',
    [
      'echo "$@" >>calls',
      'case $4 in',
      'ls) cat images ;;',
      'import) cat "$5.names" >>images ;;',
      'tag) echo "$7" >>images ;;',
      'esac',
    ].join('\n'),
  );
});

afterEach(() => workshop.remove());

async function archive(file: string, ...names: string[]): Promise<string> {
  await writeImageArchive(workshop.path(file), ...names);
  await workshop.write(`${file}.names`, names.map((name) => `${name}\n`).join(''));
  return workshop.path(file);
}

function importImages(...args: string[]): Promise<Exit> {
  return workshop.run('slipway-images', ['import', ...args], { SLIPWAY_IMAGE_RECORDS: workshop.path('records') });
}

async function images(): Promise<string[]> {
  return (await workshop.read('images')).trim().split('\n');
}

async function imports(): Promise<number> {
  return (await workshop.read('calls')).split('\n').filter((call) => call.includes(' import ')).length;
}

describe('slipway-images import', () => {
  it('names images of a build as kubeadm does, in the repository of the build and in that of the operator', async () => {
    const path = await archive('kube-proxy.tar', 'builds.example.org/me/kube-proxy-arm64:v1.36.0-alpha.1_a1b2c3');
    await workshop.write('kube-proxy.docker_tag', 'v1.36.0-alpha.1_a1b2c3\n');

    const exit = await importImages('--repository', 'registry.k8s.io', path);

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await images()).toEqual([
      'builds.example.org/me/kube-proxy-arm64:v1.36.0-alpha.1_a1b2c3',
      'builds.example.org/me/kube-proxy:v1.36.0-alpha.1_a1b2c3',
      'registry.k8s.io/kube-proxy:v1.36.0-alpha.1_a1b2c3',
    ]);
  });

  it('leaves the names of other images alone', async () => {
    const path = await archive('images-a.tar', 'registry.k8s.io/etcd:3.6.4-0', 'quay.io/kube-vip/some-amd64:v1');

    await importImages('--repository', 'registry.example.org', path);

    expect(await images()).toEqual(['registry.k8s.io/etcd:3.6.4-0', 'quay.io/kube-vip/some-amd64:v1']);
  });

  it('imports only what is missing, and knows without doing anything whether that is so', async () => {
    const path = await archive('kube-proxy.tar', 'registry.k8s.io/kube-proxy-amd64:v1.34.2');

    const before = await importImages('--check', path);
    await importImages(path);
    await importImages(path);
    const after = await importImages('--check', path);
    await workshop.write('images', 'registry.k8s.io/kube-proxy-amd64:v1.34.2\n');
    const half = await importImages('--check', path);

    expect([before.status, after.status, half.status]).toEqual([1, 0, 1]);
    expect(await imports()).toBe(1);
  });

  it.each([
    ['gz', ['gzip', '--keep']],
    ['zst', ['zstd', '--quiet']],
  ])('reads archives with the end .%s', async (end, [program = '', ...options]) => {
    const plain = await archive('images-b.tar', 'registry.k8s.io/pause:3.10.1');
    await exec(program, [...options, plain]);
    await workshop.write(`images-b.tar.${end}.names`, 'registry.k8s.io/pause:3.10.1\n');

    const exit = await importImages(`${plain}.${end}`);

    expect(exit.stderr).toBe('');
    expect(await images()).toEqual(['registry.k8s.io/pause:3.10.1']);
  });

  it.each([
    ['no archive', 'it is no archive of images'],
    [undefined, 'no image in it has a name'],
  ])('says of which file it can make nothing: %j', async (content, reason) => {
    const path = content === undefined ? await archive('images-c.tar') : await workshop.write('images-c.tar', content);

    const exit = await importImages(path);

    expect(exit).toEqual({ status: 1, stdout: '', stderr: `images-c.tar: ${reason}\n` });
  });

  it('hands on what ctr said last', async () => {
    const path = await archive('images-d.tar', 'registry.k8s.io/pause:3.10.1');
    await workshop.standIn('ctr', 'echo "time=x level=warning" >&2; echo "ctr: no space left on device" >&2; exit 1');

    const exit = await importImages(path);

    expect(exit.stderr).toBe('images-d.tar: ctr: no space left on device\n');
  });
});
