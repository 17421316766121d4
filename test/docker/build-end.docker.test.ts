import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { sweepBuilds } from '../../src/kubernetes/release.ts';
import { failureOf, type TreeGeneration } from '../kubernetes/support.ts';
import { compileSource } from '../support/compile.ts';
import { containers, docker, images } from './support/engine.ts';
import { imagesOnly, nothing, Workshop } from './support/workshop.ts';

/** What a tree says last before it hangs in its container: the last of what it compiles together. */
const compiling = /kube-aggregator/;
/** Somebody else's, with names as builds have them. */
const foreign = {
  container: 'kube-build-0123456789-6',
  image: 'kube-build:build-0123456789-5-v1.31.0-go1.22.6-bullseye.0',
};
const ofBuilds = /^kube-(build|build-data|rsync)-(?!0123456789)/;

let workshop: Workshop;

beforeAll(async () => {
  await docker('run', '--detach', '--name', foreign.container, '--network', 'none', inject('baseImage'));
  await docker('tag', inject('baseImage'), foreign.image);
});

afterAll(async () => {
  await docker('rm', '--force', foreign.container);
  await docker('image', 'rm', foreign.image);
});

afterEach(() => workshop.close());

describe.each<{ generation: TreeGeneration }>([{ generation: 'old' }, { generation: 'new' }])(
  'a build of the $generation generation that is cancelled',
  ({ generation }) => {
    it('ends in the middle of compiling, and leaves no process, container, volume, image or checkout', async () => {
      workshop = await Workshop.open(generation, 'hang');
      const cancel = new AbortController();
      const reason = new Error('cancelled by somebody');
      let running: readonly string[] = [];
      const look = async () => {
        running = (await containers()).filter((name) => ofBuilds.test(name));
        cancel.abort(reason);
      };

      const error = await failureOf(
        workshop.build({
          signal: cancel.signal,
          onProgress: ({ line }) => {
            if (compiling.test(line)) void look();
          },
        }),
      );

      expect(error).toBe(reason);
      expect(running).not.toEqual([]);
      expect(await workshop.leftovers()).toEqual(nothing);
      expect(await containers(foreign.container)).toEqual([foreign.container]);
      expect(await images(foreign.image)).toEqual([foreign.image]);
    });
  },
);

describe('a build whose worker is killed', () => {
  let folder: string;
  let program: string;
  let killed: ChildProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-build-process-'));
    program = await compileSource('test/docker/support/build-process.ts', folder);
  });

  beforeEach(async () => {
    workshop = await Workshop.open('old', 'hang');
    killed = await killWhileCompiling();
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('goes on without the worker, until a worker sweeps', async () => {
    expect(killed.signalCode).toBe('SIGKILL');
    const left = await workshop.leftovers();
    expect(left.processes).not.toEqual([]);
    expect(left.containers.filter((name) => ofBuilds.test(name))).not.toEqual([]);

    await sweepBuilds({ directory: workshop.directory, environment: workshop.environment });

    expect(await workshop.leftovers()).toEqual(nothing);
    expect(await containers(foreign.container)).toEqual([foreign.container]);
    expect(await images(foreign.image)).toEqual([foreign.image]);
  });

  it('is ended by the next build, which then has the engine for itself', async () => {
    const mended = await workshop.repository.commit({ '.fixture-fail': '' });

    const release = await workshop.build({ ref: mended, ...imagesOnly });

    expect(release.commit).toBe(mended);
    expect(await workshop.leftovers()).toEqual(nothing);
    expect(await containers(foreign.container)).toEqual([foreign.container]);
  });

  /** Starts a build in a process of its own and kills that process alone once its container compiles. */
  async function killWhileCompiling(): Promise<ChildProcess> {
    const { onProgress: _, ...options } = workshop.options();
    const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      if (compiling.test(line)) break;
    }
    child.kill('SIGKILL');
    if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
    return child;
  }
});
