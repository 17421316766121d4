import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildContainers, builderExists } from '../../src/kubernetes/build-containers.ts';
import { sweepBuilds, sweepLeftovers } from '../../src/kubernetes/clean-up.ts';
import { engineId } from '../../src/kubernetes/docker-engine.ts';
import { type KnownProcess, knowProcess } from '../../src/kubernetes/known-process.ts';
import { withLock } from '../../src/kubernetes/lock.ts';
import { recordBuild } from '../../src/kubernetes/running-build.ts';

const hostname = 'slipway-0123456789ab';

let directory: string;
let children: ChildProcess[];

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'slipway-clean-up-')));
  children = [];
});

afterEach(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

/** A process as a build that lost its worker leaves it: in a group of its own, and past its beginning. */
async function start(script: string, name = hostname, beginning = ':'): Promise<ChildProcess> {
  const env = { PATH: '/usr/bin:/bin', HOSTNAME: name };
  const child = spawn('sh', ['-c', `${beginning}; echo up; ${script}`], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

async function record(leader?: KnownProcess): Promise<void> {
  await recordBuild(directory, { hostname, tree: join(directory, 'worktrees/one'), leader });
}

async function endOf(child: ChildProcess): Promise<string | null> {
  if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
  return child.signalCode;
}

describe('sweeping', () => {
  it('ends the build of a worker that died, and removes its checkout and its record', async () => {
    const make = await start('sleep 600');
    await record(await knowProcess(make.pid ?? 0));
    await mkdir(join(directory, 'worktrees/one/_output/cache'), { recursive: true });
    await writeFile(join(directory, 'worktrees/one/_output/cache/module.go'), '');
    await chmod(join(directory, 'worktrees/one/_output/cache'), 0o500);

    await sweepBuilds({ directory });

    expect(await endOf(make)).toBe('SIGTERM');
    expect(await readdir(join(directory, 'worktrees'))).toEqual([]);
    expect(await readdir(join(directory, 'running'))).toEqual([]);
  });

  it('ends what ignores to be asked, and what was started before anybody could write down its number', async () => {
    const make = await start('while :; do sleep 0.2; done', hostname, "trap '' TERM");
    await record();

    await sweepBuilds({ directory });

    expect(await endOf(make)).toBe('SIGKILL');
  });

  it('leaves alone a process that only has the same number, and one of another build', async () => {
    const stranger = await start('sleep 600', 'somebody');
    const other = await start('sleep 600', 'slipway-ba9876543210');
    const known = await knowProcess(stranger.pid ?? 0);
    if (known === undefined) throw new Error('there is no /proc here');
    await record({ ...known, started: '1' });

    await sweepBuilds({ directory });

    expect(await readdir(join(directory, 'running'))).toEqual([]);
    expect([stranger.exitCode, stranger.signalCode, other.exitCode, other.signalCode]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('does nothing while a build runs there', async () => {
    const make = await start('sleep 600');

    await withLock(join(directory, 'build.lock'), async () => {
      await record(await knowProcess(make.pid ?? 0));
      await sweepBuilds({ directory });
    });

    expect(await readdir(join(directory, 'running'))).toEqual([`${hostname}.json`]);
    expect(make.signalCode).toBeNull();
  });

  it('takes a directory that nothing was ever built in, and a record that is none', async () => {
    await sweepBuilds({ directory: join(directory, 'new') });
    await mkdir(join(directory, 'running'));
    await writeFile(join(directory, 'running/broken.json'), '{"hostname": "-f /"');

    await expect(sweepBuilds({ directory })).resolves.toBeUndefined();
  });
});

describe('an engine that does not answer', () => {
  const build = { hostname, tree: '/nowhere', docker: { environment: {}, builderExisted: false } };
  let environment: Record<string, string>;

  async function installDocker(script: string): Promise<void> {
    await writeFile(join(directory, 'docker'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    environment = { PATH: `${directory}:/usr/bin:/bin` };
  }

  it('keeps nobody longer than there is time', async () => {
    await installDocker('sleep 600');

    const containers = new BuildContainers(build, environment, Date.now() + 1_000);

    expect(await containers.removeAll()).toBe(false);
  });

  it('is not asked for ever when it says so at once', async () => {
    await installDocker(`echo asked >> ${join(directory, 'asked')}; exit 1`);

    const containers = new BuildContainers(build, environment, Date.now() + 3_600_000);

    expect(await containers.removeAll()).toBe(false);
  });

  it('keeps the record of a build, so that a later sweep removes what the engine has', async () => {
    await installDocker('exit 1');
    await recordBuild(directory, build);

    await sweepBuilds({ directory, environment });

    expect(await readdir(join(directory, 'running'))).toEqual([`${hostname}.json`]);
  });

  it('is no engine to build with', async () => {
    await installDocker('echo "Cannot connect to the Docker daemon" >&2; exit 1');

    expect(await engineId(environment)).toBeUndefined();
    expect(await engineId({ PATH: join(directory, 'nothing') })).toBeUndefined();
  });
});

describe('the builder that Kubernetes’ scripts make, of which an engine has one', () => {
  const builderContainer = 'buildx_buildkit_img-builder0';
  let environment: Record<string, string>;
  let calls: () => Promise<string>;

  /** An engine on which that builder runs, until its container is removed. */
  beforeEach(async () => {
    const [log, container] = [join(directory, 'calls'), join(directory, 'container')];
    await writeFile(container, '');
    const script = `echo "$*" >>${log}
case "$*" in
ps*${builderContainer}*) if [ -e ${container} ]; then echo ${builderContainer}; fi ;;
rm*${builderContainer}*) rm -f ${container} ;;
esac`;
    await writeFile(join(directory, 'docker'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    environment = { PATH: `${directory}:/usr/bin:/bin` };
    calls = () => readFile(log, 'utf8');
  });

  const build = { hostname, tree: '/nowhere', docker: { environment: {}, builderExisted: false } };
  const removal = /^(rm|buildx rm|volume rm) .*img-builder/m;

  it('is left alone by a sweep, for whoever builds on the engine now, and is remembered', async () => {
    await recordBuild(directory, build);

    await sweepBuilds({ directory, environment });

    expect(await calls()).not.toMatch(removal);
    expect(await readdir(join(directory, 'running'))).toEqual([`${hostname}.json`]);
  });

  it('is removed by the next build, which has the engine for itself', async () => {
    await recordBuild(directory, build);

    await sweepLeftovers(directory, environment, { alone: true });

    expect(await calls()).toMatch(removal);
    expect(await readdir(join(directory, 'running'))).toEqual([]);
  });

  it('is nobody’s business when it was there before the build', async () => {
    await recordBuild(directory, { ...build, docker: { ...build.docker, builderExisted: true } });

    await sweepLeftovers(directory, environment, { alone: true });

    expect(await calls()).not.toMatch(removal);
    expect(await readdir(join(directory, 'running'))).toEqual([]);
  });

  it('may be somebody else’s when the engine does not say', async () => {
    expect(await builderExists(environment)).toBe(true);
    await writeFile(join(directory, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });

    expect(await builderExists(environment)).toBeUndefined();
  });
});

it('knows an engine by the name that it has for itself', async () => {
  await writeFile(join(directory, 'docker'), '#!/bin/sh\n[ "$1 $3" = "info {{.ID}}" ] && echo 4d1f-ID\n', {
    mode: 0o755,
  });

  expect(await engineId({ PATH: `${directory}:/usr/bin:/bin` })).toBe('4d1f-ID');
});
