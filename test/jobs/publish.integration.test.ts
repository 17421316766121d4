import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { publish } from '../../jobs/publish.ts';
import type { Run } from '../../jobs/run.ts';
import type { StepProgress } from '../../src/clusters/deployment.ts';
import { releasesContainer } from '../../src/clusters/names.ts';
import type { ReleaseArtifact } from '../../src/clusters/steps.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { createContainer } from '../../src/openstack/swift/containers.ts';
import { deleteObject, findObject, getObject, listObjects } from '../../src/openstack/swift/objects.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import { eventually } from '../contracts/support.ts';
import { type Tap, tapSwift } from '../contracts/swift-tap.ts';
import { compileSource } from '../support/compile.ts';

const name = 'kubernetes-server-linux-amd64.tar.gz';
const largestObject = 100_000;

describe('a release in Swift', () => {
  const log = silentLogger();
  let folder: string;
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let tap: Tap;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-publish-'));
    cloud = await startCloud({ log, largestObject });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    tap = await tapSwift(openstack);
  });
  afterEach(() => {
    tap.passed.length = 0;
    tap.harm = () => undefined;
  });
  afterAll(async () => {
    await tap.close();
    await openstack.close();
    await cloud.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function built(size: number): Promise<ReleaseArtifact & { content: Buffer }> {
    const content = randomBytes(size);
    const digest = (algorithm: string) => createHash(algorithm).update(content).digest('hex');
    const path = join(folder, `${digest('md5')}.tar.gz`);
    await writeFile(path, content);
    return { name, path, size, md5: digest('md5'), sha256: digest('sha256'), content };
  }

  function deploymentWith({ content: _content, ...file }: Awaited<ReturnType<typeof built>>): Run['deployment'] {
    const result = { version: 'v1.34.2', commit: 'c', files: [file] };
    return { id: 'staging-1', steps: { build: { result } } } as unknown as Run['deployment'];
  }

  function run(file: Awaited<ReturnType<typeof built>>, ticks: StepProgress[] = []) {
    const step = { checkpoint: async () => undefined, tick: (progress: StepProgress) => ticks.push(progress) };
    const { signal } = new AbortController();
    const deployment = deploymentWith(file);
    return publish({ deployment, openstack: tap.openstack, step, signal, log } as unknown as Run);
  }

  async function stored(object: string): Promise<Buffer> {
    return buffer((await getObject(openstack.swift, releasesContainer, object)).stream);
  }

  it('is stored once, in one piece when it is small', async () => {
    const file = await built(60_000);
    const ticks: StepProgress[] = [];

    const { container, server } = await run(file, ticks);
    const again = await run(file);

    expect(container).toBe(releasesContainer);
    expect(again).toEqual({ container, server });
    expect(tap.putsInto(releasesContainer, '')).toEqual([server.object]);
    expect(file.content.equals(await stored(server.object))).toBe(true);
    expect(ticks.at(-1)).toEqual({ text: `sending ${name} to Swift`, done: 60_000, total: 60_000 });
  });

  it('is stored in segments when Swift takes no object of that size, and known again', async () => {
    const file = await built(350_000);

    const { server } = await run(file);
    tap.passed.length = 0;
    await run(file);

    expect(tap.putsInto(releasesContainer, '')).toEqual([]);
    expect(await findObject(openstack.swift, releasesContainer, server.object)).toMatchObject({
      size: 350_000,
      segmented: true,
      contentType: 'application/gzip',
      metadata: { sha256: file.sha256 },
    });
    expect(file.content.equals(await stored(server.object))).toBe(true);
  });

  it('is made whole again when a segment was lost', async () => {
    const file = await built(250_000);
    const { server } = await run(file);
    const [first] = await listObjects(openstack.swift, releasesContainer, { prefix: `segments/${server.object}` });
    await deleteObject(openstack.swift, releasesContainer, first?.name ?? '');
    tap.passed.length = 0;

    await run(file);

    expect(tap.putsInto(releasesContainer, 'segments/')).toEqual([first?.name]);
    expect(file.content.equals(await stored(server.object))).toBe(true);
  });

  it('goes on where a worker that was killed left off', async () => {
    const file = await built(8 * largestObject);
    const deployment = JSON.stringify(deploymentWith(file));
    const program = await compileSource('test/jobs/publish-process.ts', folder);
    const start = (): ChildProcess =>
      spawn(process.execPath, [program, cloud.cloudsFile, tap.address, deployment], { stdio: 'inherit' });
    tap.harm = ({ method, path }) => (method === 'PUT' && path.endsWith('/00000004') ? 'hold' : undefined);

    const killed = start();
    await eventually(async () => {
      if (killed.exitCode !== null) throw new Error('the process ended before it could be killed');
      const arrived = await listObjects(openstack.swift, releasesContainer, { prefix: 'segments/' });
      const ofThis = arrived.filter((found) => found.name.includes(file.sha256.slice(0, 16)));
      return ofThis.length === 7 ? true : undefined;
    }, 20);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    tap.harm = () => undefined;
    tap.passed.length = 0;
    const [status] = await once(start(), 'exit');

    expect(status).toBe(0);
    expect(tap.putsInto(releasesContainer, 'segments/').map((object) => object.slice(-2))).toEqual(['04']);
    const { server } = await run(file);
    expect(file.content.equals(await stored(server.object))).toBe(true);
  }, 90_000);

  it('is taken from the world when its container is open', async () => {
    await createContainer(openstack.swift, releasesContainer);
    const headers = { 'x-container-read': '.r:*' };
    await openstack.swift.call('POST', [releasesContainer], { doing: 'Opening a container', ok: [204], headers });

    const { server } = await run(await built(1000));

    const url = `${await openstack.swift.endpoint()}/${releasesContainer}/${server.object}`;
    expect((await fetch(url)).status).toBe(401);
  });

  it('is not stored when the file is another one by now, or gone', async () => {
    const changed = await built(250_000);
    await writeFile(changed.path, randomBytes(250_000));
    const gone = await built(1000);
    await rm(gone.path);

    await expect(run(changed)).rejects.toMatchObject({ code: 'digest_mismatch' });
    await expect(run(gone)).rejects.toMatchObject({ code: 'build_failed' });

    expect(tap.putsInto(releasesContainer, '')).toEqual([]);
  });
});
