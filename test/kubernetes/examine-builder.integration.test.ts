import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builderProblems, defaultNeeds, examineBuilder } from '../../src/kubernetes/examine-builder.ts';
import { failureOf } from './support.ts';

let directory: string;
let bin: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-builder-'));
  bin = join(directory, 'bin');
  await mkdir(bin);
  // What the stand-ins themselves are written in.
  await symlink('/bin/sh', join(bin, 'sh'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** Puts a program on a PATH that has nothing else. */
async function install(name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, name), 0o755);
}

const examine = (signal?: AbortSignal) =>
  examineBuilder({ environment: { PATH: bin }, directory: join(directory, 'not', 'there', 'yet'), signal });

/** A client that talks to an engine, the way Docker's own answers. */
function dockerClient({
  info,
  endpoint = 'unix:///var/run/docker.sock',
  buildx = 'echo "github.com/docker/buildx v0.24.0 d0e5e86"',
}: {
  info: string;
  endpoint?: string;
  buildx?: string;
}): string {
  return `case "$1" in
  --version) echo "Docker version 28.2.2, build e6534b4" ;;
  info) ${info} ;;
  buildx) ${buildx} ;;
  context) echo "${endpoint}" ;;
esac`;
}

function engineSays(values: Readonly<Record<string, string>>): string {
  const all = {
    version: '28.2.2',
    host: hostname(),
    memory: '8123456789',
    cores: '4',
    root: directory,
    security: '["name=seccomp,profile=builtin"]',
    ...values,
  };
  return Object.entries(all)
    .map(([name, value]) => `echo '${name}=${value}'`)
    .join('; ');
}

describe('examineBuilder, of Docker', () => {
  it('tells client, engine and buildx', async () => {
    await install('docker', dockerClient({ info: engineSays({}) }));

    const { docker, memoryBytes, cores } = await examine();

    expect(docker).toEqual({
      clientVersion: '28.2.2',
      buildxVersion: '0.24.0',
      endpoint: 'unix:///var/run/docker.sock',
      engine: {
        version: '28.2.2',
        host: hostname(),
        memoryBytes: 8123456789,
        cores: 4,
        rootDirectory: directory,
        rootless: false,
      },
    });
    expect({ memoryBytes, cores }).toEqual({ memoryBytes: 8123456789, cores: 4 });
  });

  it('sees that an engine is rootless', async () => {
    await install('docker', dockerClient({ info: engineSays({ security: '["name=seccomp","name=rootless"]' }) }));

    expect((await examine()).docker.engine?.rootless).toBe(true);
  });

  it.each([
    [
      'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial unix: connect: permission denied',
      'permission denied',
    ],
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'nothing listens there',
    ],
    [
      'Failed to initialize: context "nosuch": context not found',
      'Failed to initialize: context "nosuch": context not found',
    ],
  ])('says why there is no engine: %s', async (said, why) => {
    await install('docker', dockerClient({ info: `echo; echo '${said}' >&2; exit 1` }));

    const { docker, memoryBytes } = await examine();

    expect(docker).toMatchObject({ clientVersion: '28.2.2', endpoint: 'unix:///var/run/docker.sock', why });
    expect(docker.engine).toBeUndefined();
    expect(memoryBytes).toBe(totalmem());
  });

  it('takes an answer without an engine for none', async () => {
    await install('docker', dockerClient({ info: 'echo version=; echo memory=0' }));

    expect((await examine()).docker).toMatchObject({ why: 'no answer' });
  });

  it.each([
    ['echo "docker: unknown command: docker buildx" >&2; echo "Run docker --help" >&2; exit 1', 'not installed'],
    [`echo "docker: 'buildx' is not a docker command." >&2; exit 1`, 'not installed'],
    ['echo "ERROR: permission denied: buildx/.lock" >&2; exit 1', 'ERROR: permission denied: buildx/.lock'],
  ])('misses buildx: %s', async (buildx, buildxWhy) => {
    await install('docker', dockerClient({ info: engineSays({}), buildx }));

    const { docker } = await examine();

    expect(docker.engine).toBeDefined();
    expect(docker).toMatchObject({ buildxWhy });
    expect(docker.buildxVersion).toBeUndefined();
  });

  it('is not deceived by another program of that name', async () => {
    await install('docker', 'echo "podman version 4.3.1"');

    expect((await examine()).docker).toEqual({ why: 'what is called docker is another program' });
  });

  it('measures the disk of the engine where that is another one of this machine', async () => {
    await install('docker', dockerClient({ info: engineSays({ root: '/proc' }) }));

    expect((await examine()).engineDisk).toMatchObject({ directory: '/proc' });
  });

  it.each([
    ['is the same', { root: '' }, undefined],
    ['is on another machine', { root: '/proc', host: 'elsewhere.example.org' }, undefined],
    ['is reached over the network', { root: '/proc' }, 'tcp://127.0.0.1:2375'],
  ])('does not measure the disk of the engine where it %s', async (_, values, endpoint) => {
    const info = engineSays({ ...values, ...(values.root === '' && { root: directory }) });
    await install('docker', dockerClient({ info, ...(endpoint !== undefined && { endpoint }) }));

    expect((await examine()).engineDisk).toBeUndefined();
  });
});

describe('examineBuilder, of programs', () => {
  it('tells what is missing', async () => {
    const facts = await examine();

    const missing = { why: 'not installed' };
    expect(facts).toMatchObject({ docker: missing, tar: missing, make: missing, git: missing, rsync: missing });
  });

  it('tells versions', async () => {
    await install('tar', 'echo "tar (GNU tar) 1.34"');
    await install('make', 'echo "GNU Make 4.3"');
    await install('git', 'echo "git version 2.39.5 (Apple Git-154)"');
    await install('rsync', 'echo "rsync  version 3.2.7  protocol version 31"');

    const { tar, make, git, rsync } = await examine();

    expect({ tar, make, git, rsync }).toEqual({
      tar: { command: 'tar', version: '1.34' },
      make: { command: 'make', version: '4.3' },
      git: { command: 'git', version: '2.39.5' },
      rsync: { command: 'rsync', version: '3.2.7' },
    });
  });

  it.each([
    [
      { gtar: 'GNU tar) 1.35', tar: 'bsdtar 3.5.3' },
      { command: 'gtar', version: '1.35' },
    ],
    [
      { gnutar: 'GNU tar) 1.29', tar: 'bsdtar 3.5.3' },
      { command: 'gnutar', version: '1.29' },
    ],
    [{ tar: 'bsdtar 3.5.3 - libarchive 3.7.4' }, { command: 'tar', why: 'not GNU tar' }],
    [
      { gtar: 'bsdtar 3.5.3', tar: 'GNU tar) 1.34' },
      { command: 'gtar', why: 'not GNU tar' },
    ],
  ])('looks for GNU tar as Kubernetes’ scripts do: %j', async (programs, found) => {
    for (const [name, says] of Object.entries(programs)) await install(name, `echo "${says}"`);

    expect((await examine()).tar).toEqual(found);
  });

  it('tells another make from GNU make', async () => {
    await install('make', 'echo "usage: make [-BeikNnqrSstWwX]" >&2; exit 2');

    expect((await examine()).make).toEqual({ command: 'make', why: 'usage: make [-BeikNnqrSstWwX]' });
  });

  it('tells a program that nobody may run', async () => {
    await install('make', 'echo "GNU Make 4.3"');
    await chmod(join(bin, 'make'), 0o644);

    expect((await examine()).make).toMatchObject({ why: expect.stringContaining('EACCES') });
  });
});

describe('examineBuilder', () => {
  it('measures the disk that a folder will be on', async () => {
    const { disk, host } = await examine();

    expect(disk?.directory).toBe(join(directory, 'not', 'there', 'yet'));
    expect(disk?.freeBytes).toBeGreaterThan(0);
    expect(host).toBe(hostname());
  });

  it('ends when it is cancelled, also while a program says nothing', async () => {
    await install('docker', '/bin/sleep 60');
    const abort = new AbortController();
    const examining = failureOf(examine(abort.signal));

    abort.abort(new Error('cancelled'));

    expect(await examining).toMatchObject({ message: 'cancelled' });
  });

  it('finds the real programs of this machine', async () => {
    const facts = await examineBuilder({ environment: process.env, directory });

    const findings = builderProblems(facts, { ...defaultNeeds, docker: false, diskBytes: 1, memoryBytes: 1 });
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(findings.map(({ label }) => label)).toEqual(['GNU tar', 'make', 'git', 'Disk', 'Memory']);
  });
});
