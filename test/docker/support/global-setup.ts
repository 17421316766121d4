import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { importBusybox } from './base-image.ts';
import { findRealBuildx } from './real-buildx.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder for DOCKER_CONFIG, whose plugin buildx is the stand-in. */
    dockerConfig: string;
    /** An image with a shell and little more, under a name that nobody else uses. */
    baseImage: string;
    /** A folder for DOCKER_CONFIG with this machine's own plugin buildx, where that works. */
    realBuildx: string | undefined;
    /** The same image under the name of kube-cross, with the versions that the trees of these tests ask for. */
    crossImage: string;
  }
}

const exec = promisify(execFile);
const trees = join(import.meta.dirname, '../../fixtures/kubernetes');
const buildkitImage = 'moby/buildkit:buildx-stable-1';

/** Prepares the engine that `npm run test:docker` found or started, and forgets all of it afterwards. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-docker-config-'));
  // Under names that nobody else uses, for the engine may be somebody's own.
  const baseImage = `slipway-test-${process.pid}/base:1`;
  const crossImage = `slipway-test-${process.pid}/kube-cross`;
  const realBuildx = await findRealBuildx();
  const names = await otherNames(crossImage);
  await importBusybox(baseImage);
  for (const name of names) await exec('docker', ['tag', baseImage, name]);
  await installBuildx(join(folder, 'cli-plugins'), baseImage);
  project.provide('dockerConfig', folder);
  project.provide('realBuildx', realBuildx);
  project.provide('baseImage', baseImage);
  project.provide('crossImage', crossImage);
  return async () => {
    await exec('docker', ['image', 'rm', '--force', ...names, baseImage]);
    for (const each of [folder, realBuildx ?? folder]) await rm(each, { recursive: true, force: true });
  };
}

/** The trees have builders in containers only where BuildKit's image is in the engine, so it gets that name as well. */
async function otherNames(crossImage: string): Promise<string[]> {
  const versions = await Promise.all(['old', 'new'].map(crossVersion));
  const { stdout } = await exec('docker', ['images', '--quiet', buildkitImage]);
  return [...versions.map((version) => `${crossImage}:${version}`), ...(stdout === '' ? [buildkitImage] : [])];
}

async function crossVersion(tree: string): Promise<string> {
  return (await readFile(join(trees, tree, 'build/build-image/cross/VERSION'), 'utf8')).trim();
}

async function installBuildx(plugins: string, baseImage: string): Promise<void> {
  await mkdir(plugins);
  await copyFile(join(import.meta.dirname, 'docker-buildx'), join(plugins, 'docker-buildx'));
  await writeFile(join(plugins, 'buildkit-image'), `${baseImage}\n`);
}
