import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inject } from 'vitest';
import { type BuildOptions, type BuiltRelease, buildRelease } from '../../../src/kubernetes/release.ts';
import {
  createTree,
  TestRepository,
  type Tree,
  type TreeFailure,
  type TreeGeneration,
} from '../../kubernetes/support.ts';
import { containers, docker, dockerEnvironment, images, volumes } from './engine.ts';

/** A smaller release for tests that need any: no tarballs of the tree's own, and what a node needs besides images. */
export const imagesOnly = {
  target: 'quick-release-images',
  variables: { KUBE_EXTRA_WHAT: 'cmd/kubeadm cmd/kubectl cmd/kubelet' },
} as const;

/** Where and from what one test builds: a small Kubernetes tree, a worker's folder, and a record of when make ran. */
export class Workshop {
  readonly tree: Tree;
  readonly repository: TestRepository;
  /** Of a worker: mirrors, checkouts, releases and logs. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #before: Traces;

  private constructor(folder: string, tree: Tree, before: Traces) {
    this.#folder = folder;
    this.#before = before;
    this.tree = tree;
    this.repository = new TestRepository(tree.repository);
    this.directory = join(folder, 'worker');
    const environment = dockerEnvironment();
    this.environment = { ...environment, PATH: [join(folder, 'bin'), environment.PATH].join(delimiter) };
  }

  static async open(generation: TreeGeneration, fail?: TreeFailure): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-workshop-'));
    await installRecordingMake(folder);
    const tree = await createTree(generation, join(folder, 'kubernetes'), fail === undefined ? {} : { fail });
    return new Workshop(folder, tree, await tracesOf(folder));
  }

  /** Everything that a build needs to be told, with an engine and images that want no registry. */
  options(changes: Partial<BuildOptions> = {}): BuildOptions {
    const variables = { KUBE_CROSS_IMAGE: inject('crossImage'), ...changes.variables };
    return {
      repository: this.tree.repository,
      ref: this.tree.tag,
      target: 'quick-release',
      platform: 'linux/amd64',
      directory: this.directory,
      environment: this.environment,
      needs: { docker: true, diskBytes: 1, memoryBytes: 1 },
      onProgress: () => undefined,
      ...changes,
      variables,
    };
  }

  build(changes: Partial<BuildOptions> = {}): Promise<BuiltRelease> {
    return buildRelease(this.options(changes));
  }

  /** One word for each time that make began or ended a release, in order. */
  async makes(): Promise<string[]> {
    const record = await readFile(join(this.#folder, 'makes'), 'utf8').catch(() => '');
    return record.split('\n').filter(Boolean);
  }

  /** What is there now and was not before the first build: nothing, once every build is over and swept up. */
  async leftovers(): Promise<Traces> {
    const now = await tracesOf(this.#folder);
    const extra = (kind: keyof Traces) => now[kind].filter((name) => !this.#before[kind].includes(name));
    return {
      containers: extra('containers'),
      images: extra('images'),
      volumes: extra('volumes'),
      checkouts: extra('checkouts'),
      processes: extra('processes'),
    };
  }

  /** Also of a test that failed, nothing stays on the engine. */
  async close(): Promise<void> {
    const left = await this.leftovers();
    if (left.containers.length > 0) await docker('rm', '--force', '--volumes', ...left.containers);
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Names of what a build leaves on the engine and on the machine. */
interface Traces {
  readonly containers: readonly string[];
  readonly images: readonly string[];
  readonly volumes: readonly string[];
  /** Folders in which make works. */
  readonly checkouts: readonly string[];
  /** Command lines of processes that work in the folder, or were told of it. */
  readonly processes: readonly string[];
}

export const nothing: Traces = { containers: [], images: [], volumes: [], checkouts: [], processes: [] };

async function tracesOf(folder: string): Promise<Traces> {
  return {
    containers: await containers(),
    images: await images(),
    volumes: await volumes(),
    checkouts: await readdir(join(folder, 'worker/worktrees')).catch(() => []),
    processes: await processesIn(folder),
  };
}

async function processesIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(pids.map((pid) => describeProcess(`/proc/${pid}`)));
  return found.filter((description) => description.includes(folder));
}

async function describeProcess(entry: string): Promise<string> {
  const place = await readlink(`${entry}/cwd`).catch(() => '');
  const command = await readFile(`${entry}/cmdline`, 'utf8').catch(() => '');
  return `${command.replaceAll('\0', ' ')} in ${place}`;
}

/** A make that stands before the real one on the PATH, and writes down when a release is begun and ended. */
async function installRecordingMake(folder: string): Promise<void> {
  const script = `#!/bin/sh
PATH=\${PATH#*:}
case "$*" in quick-release*) ;; *) exec make "$@" ;; esac
echo begun >>'${folder}/makes'
status=0
make "$@" || status=$?
echo ended >>'${folder}/makes'
exit $status
`;
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/make'), script, { mode: 0o755 });
}
