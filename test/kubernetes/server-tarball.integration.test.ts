import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailedError } from '../../src/errors.ts';
import { toolEnvironment } from '../../src/kubernetes/environment.ts';
import { runProcess } from '../../src/kubernetes/process.ts';
import { type FinishedBuild, serverTarball } from '../../src/kubernetes/server-tarball.ts';
import { createRepository, failureOf, TestRepository } from './support.ts';

const images = ['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'kubectl'];

let directory: string;
let build: FinishedBuild;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-tarball-'));
  build = await checkout();
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function checkout(): Promise<FinishedBuild> {
  const tree = join(directory, 'tree');
  const repository = await createRepository(tree);
  await repository.git('commit', '--quiet', '--no-gpg-sign', '--allow-empty', '--message=x');
  const rest = { doing: 'Building Kubernetes v1.35.0', target: 'quick-release-images', tar: 'tar' };
  const logFile = join(directory, 'log');
  return {
    tree,
    platform: 'linux/arm64',
    ...rest,
    env: toolEnvironment(),
    logFile,
    secrets: [],
    onLine: () => undefined,
  };
}

function tar(...args: string[]): Promise<string> {
  return runProcess({ command: 'tar', args, doing: 'Testing', env: toolEnvironment(), deadlineMs: 10_000 });
}

/** What quick-release-images leaves. */
async function leave(tree: string, programs: readonly string[], imageNames: readonly string[] = images): Promise<void> {
  const bin = join(tree, '_output/dockerized/bin/linux/arm64');
  const folder = join(tree, '_output/release-images/arm64');
  await mkdir(bin, { recursive: true });
  await mkdir(folder, { recursive: true });
  for (const name of programs) await writeFile(join(bin, name), `${name}\n`, { mode: 0o777 });
  for (const name of imageNames) {
    const manifest = [{ Config: 'x.json', RepoTags: [`registry.k8s.io:443/${name}-arm64:v1.35.0-3_0123`], Layers: [] }];
    await writeFile(join(tree, 'manifest.json'), JSON.stringify(manifest));
    await tar('-cf', join(folder, `${name}.tar`), '--mtime=@0', '-C', tree, 'manifest.json');
  }
}

const programs = ['kubeadm', 'kubectl', 'kubelet', 'kube-apiserver', 'go-runner'];

describe('a build of images alone', () => {
  it('is packed as a whole release is: programs, images and their tags', async () => {
    await leave(build.tree, programs);

    const tarball = await serverTarball(build);

    expect(tarball).toBe(join(build.tree, '_output/release-tars/kubernetes-server-linux-arm64.tar.gz'));
    const names = (await tar('-tzf', tarball)).split('\n');
    expect(names).toEqual([...names].sort());
    expect(
      names.filter((name) => !name.endsWith('/')).map((name) => name.replace('kubernetes/server/bin/', '')),
    ).toEqual(
      [
        'kubeadm',
        'kubectl',
        'kubelet',
        'kube-apiserver',
        ...images.flatMap((name) => [`${name}.tar`, `${name}.docker_tag`]),
      ].sort(),
    );
    expect(await tar('-xzOf', tarball, 'kubernetes/server/bin/kube-proxy.docker_tag')).toBe('v1.35.0-3_0123');
    expect(await tar('-xzOf', tarball, 'kubernetes/server/bin/kubelet')).toBe('kubelet');
    expect(await tar('-tvzf', tarball)).not.toMatch(/rwxrwxrwx| root| [1-9]\d*\/\d/);
  });

  it('gives the same bytes wherever and whenever it is packed', async () => {
    const other = { ...build, tree: join(directory, 'somewhere-else') };
    await new TestRepository(build.tree).git('clone', '--quiet', build.tree, other.tree);
    await leave(build.tree, programs);
    await leave(other.tree, programs.toReversed(), images.toReversed());
    await chmod(join(other.tree, '_output/dockerized/bin/linux/arm64/kubelet'), 0o700);
    await utimes(join(other.tree, '_output/dockerized/bin/linux/arm64/kubelet'), 1, 1);

    const [first, second] = [await serverTarball(build), await serverTarball(other)];

    expect((await readFile(second)).equals(await readFile(first))).toBe(true);
  });

  it('needs to be told to compile what nodes need besides', async () => {
    await leave(build.tree, ['kube-apiserver', 'kubectl']);

    const error = await failureOf(serverTarball(build));

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/left no kubeadm, no kubelet, which nodes need$/),
      hint: expect.stringContaining('KUBE_EXTRA_WHAT to "cmd/kubeadm cmd/kubectl cmd/kubelet"'),
    });
  });

  it('says which image of the control plane is missing', async () => {
    await leave(build.tree, programs, ['kube-apiserver', 'kube-scheduler']);

    const error = await failureOf(serverTarball(build));

    expect(error).toMatchObject({
      code: 'build_failed',
      message: expect.stringContaining('no image of kube-controller-manager, none of kube-proxy'),
    });
  });
});
