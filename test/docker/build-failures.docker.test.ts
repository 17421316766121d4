import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BuildFailedError } from '../../src/errors.ts';
import { failureOf, type TreeFailure, type TreeGeneration } from '../kubernetes/support.ts';
import { nothing, Workshop } from './support/workshop.ts';

interface Case {
  readonly generation: TreeGeneration;
  readonly fail: TreeFailure;
  readonly message: RegExp;
  /** One of the lines that the thread gets. */
  readonly line?: string;
}

const unreachable = '127.0.0.1:1/build-image';

const cases: readonly Case[] = [
  {
    generation: 'new',
    fail: 'compile',
    message: /compile/,
    line: 'pkg/kubelet/kubelet.go:1204:9: undefined: newPodWorkers',
  },
  { generation: 'new', fail: 'memory', message: /memory/, line: 'link: signal: killed' },
  { generation: 'new', fail: 'oom', message: /memory/ },
  { generation: 'old', fail: 'oom', message: /memory/ },
  { generation: 'old', fail: 'disk', message: /disk/, line: 'no space left on device' },
  { generation: 'new', fail: 'pull', message: /registry|pull/, line: '127.0.0.1:1' },
  { generation: 'old', fail: 'pull', message: /registry|pull/, line: `${unreachable}/kube-cross` },
  { generation: 'new', fail: 'image', message: /registry|pull/, line: `${unreachable}/distroless-iptables` },
];

let workshop: Workshop;

afterEach(() => workshop.close());

describe('a build that fails', () => {
  it.each(cases)('says of $fail in a tree of the $generation generation why, and leaves nothing', async (each) => {
    workshop = await Workshop.open(each.generation, each.fail);

    const error = await buildFailure();

    expect(error.message).toMatch(each.message);
    expect(error.hint).toBeTruthy();
    const lines = error.excerpt;
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.join('\n')).toContain(each.line ?? '');
    expect(await workshop.leftovers()).toEqual(nothing);
  });

  it('is tried again when it is asked for again', async () => {
    workshop = await Workshop.open('new', 'compile');

    await buildFailure();
    await buildFailure();

    expect(await workshop.makes()).toEqual(['begun', 'ended', 'begun', 'ended']);
  });
});

describe('a build on a worker that lacks something', () => {
  it('does not begin without buildx', async () => {
    workshop = await Workshop.open('new');
    const config = await configWithoutBuildx();

    const error = await buildFailure({ ...workshop.environment, DOCKER_CONFIG: config });
    await rm(config, { recursive: true });

    expect(`${error.message} ${error.hint}`).toMatch(/buildx/);
    expect(await workshop.makes()).toEqual([]);
  });

  it('does not begin without a daemon', async () => {
    workshop = await Workshop.open('new');
    const socket = `unix://${join(workshop.directory, 'nobody.sock')}`;

    const error = await buildFailure({ ...workshop.environment, DOCKER_HOST: socket });

    expect(error.message).toMatch(/Docker/);
    expect(error.message).toContain(socket);
    expect(await workshop.makes()).toEqual([]);
  });
});

async function buildFailure(environment = workshop.environment): Promise<BuildFailedError> {
  const error = await failureOf(workshop.build({ environment }));
  expect(error).toBeInstanceOf(BuildFailedError);
  return error as BuildFailedError;
}

/** A plugin of that name that is none hides those that are installed for everybody. */
async function configWithoutBuildx(): Promise<string> {
  const config = await mkdtemp(join(tmpdir(), 'slipway-no-buildx-'));
  await mkdir(join(config, 'cli-plugins'));
  await writeFile(join(config, 'cli-plugins/docker-buildx'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return config;
}
