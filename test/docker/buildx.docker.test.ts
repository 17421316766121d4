import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { containers, docker, images, volumes } from './support/engine.ts';

const exec = promisify(execFile);

/** The stand-in that the builds of these tests use, and the real plugin wherever there is one to hold it against. */
const real = inject('realBuildx');
const plugins = [
  { plugin: 'the stand-in of buildx', config: inject('dockerConfig') },
  ...(real === undefined ? [] : [{ plugin: 'the buildx of this machine', config: real }]),
];

const builder = `slipway-test-${process.pid}`;
const image = `${builder}/kube-proxy-amd64:v1.35.0`;
const dockerfile = 'ARG BASEIMAGE\nFROM $BASEIMAGE\nARG BINARY\nCOPY $BINARY /usr/local/bin/\n';

let context: string;

beforeAll(async () => {
  context = await mkdtemp(join(tmpdir(), 'slipway-buildx-context-'));
  await writeFile(join(context, 'Dockerfile'), dockerfile);
  await writeFile(join(context, 'kube-proxy'), 'a program');
});

afterAll(() => rm(context, { recursive: true }));

describe.each(plugins)('$plugin', ({ config }) => {
  const env = { ...process.env, DOCKER_CONFIG: config };
  const buildx = (...args: readonly string[]) => exec('docker', ['buildx', ...args], { env, timeout: 60_000 });
  const complaint = (...args: readonly string[]) =>
    buildx(...args).then(
      () => 'no complaint',
      (error: { code: number; stderr: string }) => `status ${error.code}: ${error.stderr}`,
    );
  const build = (base: string, ...args: readonly string[]) => [
    ...['build', '--file', join(context, 'Dockerfile'), '--tag', image, ...args],
    ...['--build-arg', `BASEIMAGE=${base}`, '--build-arg', 'BINARY=kube-proxy', context],
  ];

  beforeEach(async () => {
    await buildx('create', '--name', builder, '--use');
  });

  afterEach(async () => {
    await buildx('rm', '--force', builder).catch(() => undefined);
    if ((await images(image)).length > 0) await docker('image', 'rm', image);
  });

  it('says its version', async () => {
    expect((await buildx('version')).stdout).toMatch(/^github\.com\/docker\/buildx /);
  });

  it('makes a builder of a name once, and knows none that was not made', async () => {
    expect(await complaint('create', '--name', builder, '--use')).toMatch(
      `status 1: ERROR: existing instance for "${builder}" but no append mode`,
    );
    expect(await complaint('inspect', `${builder}-other`)).toBe(
      `status 1: ERROR: no builder "${builder}-other" found\n`,
    );
  });

  it('starts a builder in a container with a volume, and removes both with it', async () => {
    await buildx('inspect', '--bootstrap');

    expect(await containers(`buildx_buildkit_${builder}`)).toEqual([`buildx_buildkit_${builder}0`]);
    expect(await volumes(`buildx_buildkit_${builder}`)).toEqual([`buildx_buildkit_${builder}0_state`]);

    await buildx('rm');

    expect(await containers(`buildx_buildkit_${builder}`)).toEqual([]);
    expect(await volumes(`buildx_buildkit_${builder}`)).toEqual([]);
    expect(await complaint('inspect', builder)).toContain(`no builder "${builder}" found`);
  });

  it('writes an image to a tar that docker can load, and leaves nothing of it in the engine', async () => {
    const archive = join(context, 'kube-proxy.tar');

    await buildx(...build('scratch', '--output', `type=docker,dest=${archive}`, '--pull'));

    expect(await images(image)).toEqual([]);
    expect(await docker('load', '--input', archive)).toContain(image);
    expect(await images(image)).toEqual([image]);
  });

  it('loads an image into the engine with the builder of the engine, from an image that is there', async () => {
    await buildx(...build(inject('baseImage'), '--builder', 'default', '--load', '--pull=false'));

    const archive = join(context, 'saved.tar');
    await docker('save', '--output', archive, image);

    expect((await readFile(archive)).includes(image)).toBe(true);
  });

  it('writes no tar with the builder of the engine', async () => {
    const output = ['--builder', 'default', '--output', `type=docker,dest=${join(context, 'no.tar')}`];

    expect(await complaint(...build('scratch', ...output))).toMatch(/^status 1: .*Docker exporter is not supported/s);
  });

  it('says which base image no registry gave, and why', async () => {
    const complained = await complaint(
      ...build('127.0.0.1:9/go-runner:v1', '--builder', 'default', '--pull', '--load'),
    );

    expect(complained).toMatch(/^status 1: .*127\.0\.0\.1:9\/go-runner:v1/s);
    expect(complained).toMatch(/\nERROR: failed to solve: .*failed to do request: .*connection refused\n$/);
    expect(await images(image)).toEqual([]);
  });

  it('says what a build lacks, and leaves no container and no image', async () => {
    await rm(join(context, 'kube-proxy'));
    const before = { containers: await containers(), images: await images() };

    const complained = await complaint(...build('scratch', '--builder', 'default', '--load'));
    await writeFile(join(context, 'kube-proxy'), 'a program');

    expect(complained).toMatch(/^status 1: .*kube-proxy/s);
    expect({ containers: await containers(), images: await images() }).toEqual(before);
  });
});
