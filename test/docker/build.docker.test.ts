import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuiltRelease } from '../../src/kubernetes/release.ts';
import type { TreeGeneration } from '../kubernetes/support.ts';
import { docker, images } from './support/engine.ts';
import { imagesOnly, nothing, Workshop } from './support/workshop.ts';

const exec = promisify(execFile);

const programs = [
  ...['apiextensions-apiserver', 'kube-aggregator', 'kube-apiserver', 'kube-controller-manager', 'kube-log-runner'],
  ...['kube-proxy', 'kube-scheduler', 'kubeadm', 'kubectl', 'kubectl-convert', 'kubelet', 'mounter'],
];
const imageFiles = ['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'kubectl'].flatMap(
  (name) => [`${name}.docker_tag`, `${name}.tar`],
);

describe.each<{ generation: TreeGeneration }>([{ generation: 'old' }, { generation: 'new' }])(
  'a build of a tree of the $generation generation',
  ({ generation }) => {
    const stages: string[] = [];
    const targets = new Set<string>();
    let workshop: Workshop;
    let release: BuiltRelease;

    beforeAll(async () => {
      workshop = await Workshop.open(generation);
      release = await workshop.build({
        onProgress: ({ stage, target }) => {
          if (stages.at(-1) !== stage) stages.push(stage);
          if (target !== undefined) targets.add(target);
        },
      });
    });

    afterAll(() => workshop.close());

    it('makes the server tarball: programs of the right version, and images with their tags', async () => {
      const { name, path, size, sha256 } = release.file;

      expect(name).toBe('kubernetes-server-linux-amd64.tar.gz');
      expect({ size, sha256 }).toEqual(await measured(path));
      await withUnpacked(path, async (folder) => {
        const binaries = join(folder, 'kubernetes/server/bin');
        expect((await readdir(binaries)).sort()).toEqual([...programs, ...imageFiles].sort());
        const { stdout: version } = await exec(join(binaries, 'kubelet'));
        expect(version).toBe(`Kubernetes ${release.version}\n`);
        const tag = (await readFile(join(binaries, 'kube-proxy.docker_tag'), 'utf8')).trim();
        expect(tag).toBe(release.version);
        await expectImage(join(binaries, 'kube-proxy.tar'), `registry.k8s.io/kube-proxy-amd64:${tag}`);
      });
    });

    it('leaves nothing on the engine and on the machine but the release', async () => {
      expect(await workshop.leftovers()).toEqual(nothing);
    });

    it('tells its stages in order, with what is compiled, and keeps the log', async () => {
      expect(stages).toEqual(['fetch', 'images', 'compile', 'package']);
      expect(release.stages.map(({ stage }) => stage)).toEqual(stages);
      expect([...targets].join('\n')).toMatch(/linux\/amd64/);
      expect(await readFile(release.logFile, 'utf8')).toContain('Building tarball: server linux-amd64');
    });

    it('is not made twice, whether it is asked for by branch, tag or commit', async () => {
      const { commit } = workshop.tree;

      const others = [await workshop.build({ ref: commit }), await workshop.build({ ref: 'master', commit })];

      expect(others.map(({ file }) => file)).toEqual([release.file, release.file]);
      expect(await workshop.makes()).toEqual(['begun', 'ended']);
    });

    it('packs a server tarball of what quick-release-images builds', async () => {
      const later = await workshop.repository.commit({ CHANGES: 'one more\n' });

      const small = await workshop.build({ ref: later, ...imagesOnly });

      expect(small.version).toMatch(/^v[\d.]+-1-g[0-9a-f]{14}$/);
      expect(small.file.name).toBe('kubernetes-server-linux-amd64.tar.gz');
      await withUnpacked(small.file.path, async (folder) => {
        const binaries = join(folder, 'kubernetes/server/bin');
        const expected = ['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'kubectl'];
        expect((await readdir(binaries)).sort()).toEqual([...expected, 'kubeadm', 'kubelet', ...imageFiles].sort());
        // A tag of an image may have no + in it.
        const tag = (await readFile(join(binaries, 'kube-proxy.docker_tag'), 'utf8')).trim();
        expect(tag).toMatch(/^v[\d.]+-1_[0-9a-f]{14}$/);
      });
      expect(await workshop.leftovers()).toEqual(nothing);
    });
  },
);

async function withUnpacked(archive: string, look: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-unpacked-'));
  try {
    await exec('tar', ['-C', folder, '-xzf', archive]);
    await look(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Docker takes the archive, and knows the image by this name. */
async function expectImage(archive: string, name: string): Promise<void> {
  await docker('load', '--input', archive);
  expect(await images(name)).toEqual([name]);
  await docker('image', 'rm', name);
}

async function measured(path: string): Promise<{ size: number; sha256: string }> {
  const content = await readFile(path);
  return { size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}
