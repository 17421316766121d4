import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnownProcess } from './known-process.ts';

/**
 * What a build of Kubernetes needs to be recognised by, written down while it runs: whoever finds it after the worker
 * died can end its processes and containers, and no others.
 */
export interface RunningBuild {
  /** Host name of the build in make's environment and in its containers, different for every build. */
  readonly hostname: string;
  /** Where the source is, as the scripts see it: without symbolic links. */
  readonly tree: string;
  /** The first process of make's group; undefined before it runs. */
  readonly leader?: KnownProcess | undefined;
  /** Which engine its containers are on; undefined when the build uses none. */
  readonly docker?: { readonly environment: Readonly<Record<string, string>>; readonly builderExisted: boolean };
}

const hostnamePattern = /^slipway-[0-9a-f]{12}$/;

export function newBuildHostname(): string {
  return `slipway-${randomBytes(6).toString('hex')}`;
}

/**
 * What stands in the names of a build's containers and of its build image (build/common.sh: `setup_vars`): ten digits of
 * the MD5 of host name, root and branch, the branch of a checked-out commit being empty. Trees before v1.14 leave the
 * branch out.
 */
export function containerHashes({ hostname, tree }: RunningBuild): string[] {
  return [`${hostname}:${tree}:`, `${hostname}:${tree}`].map((text) =>
    createHash('md5').update(text).digest('hex').slice(0, 10),
  );
}

/** Writes down, all at once, that a build runs. */
export async function recordBuild(directory: string, build: RunningBuild): Promise<void> {
  const file = recordFile(directory, build.hostname);
  await mkdir(folder(directory), { recursive: true });
  await writeFile(`${file}.part`, `${JSON.stringify(build, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.part`, file);
}

export async function forgetBuild(directory: string, build: RunningBuild): Promise<void> {
  await rm(recordFile(directory, build.hostname), { force: true });
}

/** Builds that are written down; one that cannot be read, or is not of this directory, is left out. */
export async function listRecordedBuilds(directory: string): Promise<RunningBuild[]> {
  const names = await readdir(folder(directory)).catch(() => []);
  const builds = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readRecord(join(folder(directory), name))),
  );
  return builds.filter((build) => build !== undefined);
}

async function readRecord(file: string): Promise<RunningBuild | undefined> {
  try {
    const build: RunningBuild = JSON.parse(await readFile(file, 'utf8'));
    return hostnamePattern.test(build.hostname) && build.tree.startsWith('/') ? build : undefined;
  } catch {
    return undefined;
  }
}

function recordFile(directory: string, hostname: string): string {
  return join(folder(directory), `${hostname}.json`);
}

function folder(directory: string): string {
  return join(directory, 'running');
}
