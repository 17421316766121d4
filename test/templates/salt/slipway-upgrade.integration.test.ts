import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TarMember, ustar } from '../../../jobs/release/ustar.ts';
import type { Exit } from './support/machine.ts';
import { newWorkshop, type Workshop } from './support/run-program.ts';
import { type StoreServer, signature, startStoreServer } from './support/store-server.ts';

const instructionObject = 'upgrades/staging-node-1.json';
const outcomeObject = 'upgraded/staging-node-1.json';
const logObject = 'logs/staging-node-1.log';
const server = 'kubernetes-server-linux-amd64.tar.gz';
const states = 'kubernetes-salt.tar.gz';
const salt = { kind: 'salt', name: 'salt-onedir.tar.xz', url: 'https://swift', size: 5, sha256: 'a'.repeat(64) };

/** What a Salt does to tell what came of the states. */
const giveResult = `for word in "$@"; do case $word in --out-file=*) cp result.json "\${word#*=}" ;; esac; done`;

let workshop: Workshop;
let store: StoreServer;

beforeEach(async () => {
  workshop = await newWorkshop('upgrade/files/slipway-upgrade', 'store/files/slipway-store');
  store = await startStoreServer();
  await configure();
  await saltThat('applied');
  store.archives.set(server, archive('kubernetes', ['server/bin/kubelet', 'server/bin/kubeadm', 'server/bin/kubectl']));
  store.archives.set(states, archive('salt', ['top.sls']));
  store.archives.set('containerd.tar.gz', Buffer.from('a file as it is'));
});

afterEach(async () => {
  await workshop.remove();
  await store.close();
});

/** As the first boot leaves a server. */
async function configure(): Promise<void> {
  const known = { cluster: 'staging', role: 'node', version: 'v1.34.2', release: 'v1.34.2-0123456789ab' };
  const minion = { file_client: 'local', grains: { slipway: known } };
  const pillar = { slipway: { ...known, index: '1', settings: { cni: 'flannel' } } };
  const urls = {
    upgrade_get: store.url(instructionObject),
    upgrade_put: store.url(outcomeObject),
    log_put: store.url(logObject),
  };
  await workshop.write('opt/slipway/etc/minion', JSON.stringify(minion));
  await workshop.write('opt/slipway/etc/objects', '0 kubernetes 1 f00 old.tar.gz\n');
  await workshop.write('opt/slipway/etc/store.json', JSON.stringify(urls));
  await workshop.write('opt/slipway/pillar/slipway.sls', `#!json\n${JSON.stringify(pillar)}\n`);
  await workshop.write('opt/slipway/kubernetes/server/bin/kubelet', 'the old one');
  await workshop.write('opt/slipway/files/runc', 'the old one');
  await workshop.write('opt/slipway/cache/files', 'what Salt remembers');
  await workshop.write('var/lib/slipway/parameters.json', JSON.stringify({ ...known, signal: 's', objects: [salt] }));
}

/** A Salt whose states end like this; it counts how often it is called, and says so in what it was called with. */
async function saltThat(end: 'applied' | 'fails' | 'breaks'): Promise<void> {
  const state = (run: number, changes: object, result = true) => ({
    __run_num__: run,
    result,
    changes,
    comment: 'Done',
  });
  const said = `[preflight] checking\nkubeadm upgrade node: no kubeadm-config; token abcdef.0123456789abcdef`;
  const failed = { ...state(1, { retcode: 1, stderr: said }, false), comment: 'Command "x" run' };
  const applied = {
    'cmd_|-kubeadm-upgrade_|-x_|-run': state(1, { pid: 1 }),
    'file_|-a-file_|-y_|-managed': state(0, {}),
  };
  const results = { 'cmd_|-kubeadm-upgrade_|-x_|-run': failed, 'file_|-later_|-y_|-managed': state(2, {}, false) };
  const result = JSON.stringify({ local: end === 'fails' ? results : applied });
  await workshop.write('result.json', result);
  await workshop.standIn(
    'salt-call',
    [
      'echo "$*" >>calls',
      end === 'breaks' ? 'echo "MemoryError"; exit 1' : '',
      giveResult,
      end === 'fails' ? 'exit 2' : '',
    ].join('\n'),
  );
}

function archive(folder: string, files: readonly string[]): Buffer {
  const entries = files.map(
    (file): TarMember => ({ path: `${folder}/${file}`, kind: 'file', executable: true, content: Buffer.from(file) }),
  );
  return gzipSync(ustar(entries));
}

function objectOf(kind: string, name: string): Record<string, unknown> {
  const content = store.archives.get(name) ?? Buffer.from('');
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { kind, name, url: store.url(name), size: content.length, sha256 };
}

function instruct(changes: Readonly<Record<string, unknown>> = {}): void {
  const objects = [objectOf('kubernetes', server), objectOf('states', states), objectOf('file', 'containerd.tar.gz')];
  const known = { id: 'staging-m2-1', version: 'v1.35.1', release: 'v1.35.1-ba9876543210', role_step: 'node' };
  store.objects.set(instructionObject, JSON.stringify({ ...known, objects, ...changes }));
}

/** Runs the program once; whatever happens, nobody may learn a secret from it. */
async function run(env: Readonly<Record<string, string>> = {}): Promise<Exit> {
  const exit = await workshop.run('slipway-upgrade', [], { SLIPWAY_ROOT: workshop.folder, ...env });
  const log = await workshop.read('var/log/slipway-upgrade.log').catch(() => '');
  for (const text of [exit.stdout, exit.stderr, log, await calls()]) {
    expect(text).not.toContain(signature);
    expect(text).not.toContain('0123456789abcdef');
  }
  return exit;
}

function calls(): Promise<string> {
  return workshop.read('calls').catch(() => '');
}

function outcome(): Record<string, unknown> {
  return JSON.parse(store.objects.get(outcomeObject) ?? '{}') as Record<string, unknown>;
}

function puts(): string[] {
  return store.requests.filter((request) => request.startsWith('PUT '));
}

describe('slipway-upgrade', () => {
  it('does nothing while there is no instruction', async () => {
    const exit = await run();

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(store.requests).toEqual([`GET ${instructionObject}`]);
  });

  it('asks nobody on a server that was made without a URL to ask by', async () => {
    await workshop.write('opt/slipway/etc/store.json', JSON.stringify({ log_put: store.url(logObject) }));

    const exit = await run();

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(store.requests).toEqual([]);
  });

  it('puts the release into the place of the former one, and applies its states', async () => {
    instruct();

    const exit = await run();

    expect(exit.status).toBe(0);
    expect(outcome()).toEqual({
      id: 'staging-m2-1',
      state: 'done',
      reason: '',
      version: 'v1.35.1',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(puts()).toEqual([`PUT ${outcomeObject}`, `PUT ${outcomeObject}`]);
    expect(await workshop.read('opt/slipway/kubernetes/server/bin/kubelet')).toBe('server/bin/kubelet');
    expect(await workshop.read('opt/slipway/salt/top.sls')).toBe('top.sls');
    expect(await readdir(workshop.path('opt/slipway/files'))).toEqual(['containerd.tar.gz']);
    expect(await readdir(workshop.path('opt/slipway'))).not.toContain('cache');
    expect(await calls()).toMatch(/^--local --config-dir \S*\/opt\/slipway\/etc .* state\.apply\n$/);
  });

  it('tells states and first boot of the new release, and nothing else anew', async () => {
    instruct({ role_step: 'apply' });

    await run();

    const known = { version: 'v1.35.1', release: 'v1.35.1-ba9876543210' };
    const [first, ...pillar] = (await workshop.read('opt/slipway/pillar/slipway.sls')).split('\n');
    const { slipway } = JSON.parse(pillar.join('\n')) as Record<string, unknown>;
    const minion = JSON.parse(await workshop.read('opt/slipway/etc/minion')) as Record<string, unknown>;
    const parameters = JSON.parse(await workshop.read('var/lib/slipway/parameters.json')) as Record<string, unknown>;
    const objects = await workshop.read('opt/slipway/etc/objects');
    expect(first).toBe('#!json');
    expect(slipway).toMatchObject({ ...known, role: 'node', settings: { cni: 'flannel' }, upgrade: { step: 'apply' } });
    expect(minion).toMatchObject({ file_client: 'local', grains: { slipway: { ...known, role: 'node' } } });
    expect(parameters).toMatchObject({ ...known, signal: 's', objects: [{ name: server }, {}, {}, salt] });
    // Each line as boot.sh writes it, or else it would fetch all of this again.
    expect(objects.trim().split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^0 kubernetes \\d+ [0-9a-f]{64} ${server}$`)),
      expect.stringMatching(/^1 states /),
      expect.stringMatching(/^2 file /),
      `3 salt 5 ${salt.sha256} ${salt.name}`,
    ]);
  });

  it('keeps its files to root, and no URLs once they were used', async () => {
    await workshop.standIn('search', 'grep --recursive --files-with-matches "$1" var/lib/slipway/upgrade');
    instruct();

    await run();

    const { told } = JSON.parse(await workshop.read('var/lib/slipway/upgrade.json')) as { told: boolean };
    const written = ['opt/slipway/etc/objects', 'opt/slipway/pillar', 'var', '-newer', 'bin/salt-call'];
    const open = execFileSync('find', [...written, '-type', 'f', '-perm', '/077'], { cwd: workshop.folder });
    const withUrls = await workshop.run('search', [signature]);
    expect(told).toBe(true);
    expect(open.toString()).toBe('');
    expect(withUrls.stdout).toBe('');
  });

  it('does an instruction once, and another one again', async () => {
    instruct();
    await run();
    store.requests.length = 0;

    await run();
    const [second] = [puts()];
    instruct({ id: 'staging-m3-1' });
    await run();

    expect(second).toEqual([]);
    expect(outcome()).toMatchObject({ id: 'staging-m3-1', state: 'done' });
    expect((await calls()).split('\n')).toHaveLength(3);
    // The release was there already.
    expect(store.requests).not.toContain(`GET ${server}`);
  });

  it('tells the failed state as the reason, after the log', async () => {
    await saltThat('fails');
    instruct();

    const exit = await run();

    expect(exit.status).toBe(0);
    expect(outcome()).toMatchObject({
      id: 'staging-m2-1',
      state: 'failed',
      reason: 'state kubeadm-upgrade: kubeadm upgrade node: no kubeadm-config; token ...',
    });
    expect(puts()).toEqual([`PUT ${outcomeObject}`, `PUT ${logObject}`, `PUT ${outcomeObject}`]);
    expect(store.objects.get(logObject)).toContain('FAILED  kubeadm-upgrade');

    await saltThat('applied');
    await run();

    // Only another instruction makes it try again.
    expect(outcome()).toMatchObject({ state: 'failed' });
  });

  it.each([
    [
      'another digest',
      { sha256: 'e'.repeat(64) },
      /^kubernetes-server-linux-amd64\.tar\.gz has sha256 [0-9a-f]{12}\.\.\., expected e{12}\.\.\.$/,
    ],
    ['another size', { size: 7 }, /^kubernetes-server-linux-amd64\.tar\.gz has \d+ bytes, expected 7$/],
    [
      'a name that is a path',
      { name: '../etc/passwd' },
      /^reading the release: name of object 1 is not what it has to be: '\.\.\/etc\/passwd'$/,
    ],
    [
      'a URL of another kind',
      { url: 'file:///etc/passwd' },
      /^reading the release: url of object 1 is not what it has to be$/,
    ],
    ['an unknown kind', { kind: 'rpm' }, /^reading the release: kind of object 1/],
  ])('refuses an object with %s, and leaves the present release as it is', async (_what, changes, reason) => {
    instruct({ objects: [{ ...objectOf('kubernetes', server), ...changes }, objectOf('states', states)] });

    await run();

    expect(outcome()).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) });
    expect(await workshop.read('opt/slipway/kubernetes/server/bin/kubelet')).toBe('the old one');
    expect(await workshop.read('opt/slipway/etc/objects')).toContain('old.tar.gz');
    expect(await calls()).toBe('');
  });

  it.each([
    ['has files elsewhere', archive('etc', ['passwd']), 'has files outside its folder kubernetes/'],
    ['lacks a program', archive('kubernetes', ['server/bin/kubelet']), 'has no kubernetes/server/bin/kubeadm'],
    ['is none', Buffer.from('<html>'), 'cannot be unpacked: '],
  ])('refuses an archive that %s', async (_what, content, reason) => {
    store.archives.set(server, content);
    instruct();

    await run();

    expect(outcome()).toMatchObject({ state: 'failed', reason: expect.stringContaining(`${server} ${reason}`) });
    expect(await workshop.read('opt/slipway/kubernetes/server/bin/kubelet')).toBe('the old one');
  });

  it.each([
    ['no version', { version: '1.35' }, 'the instruction names no version'],
    ['no step', { role_step: 'all' }, 'the instruction does not say whether this server is the first'],
    ['no states', { objects: [] }, 'reading the release: Kubernetes is not once among the objects'],
  ])('refuses an instruction with %s', async (_what, changes, reason) => {
    instruct(changes);

    await run();

    expect(outcome()).toMatchObject({ state: 'failed', reason });
  });

  it.each([
    [401, 'Swift answered 401; the signed URL may have expired'],
    [404, 'there is no such object'],
    [503, 'Swift answered 503, 6 times'],
  ])('says that an object was answered with %i', async (status, reason) => {
    instruct();
    store.statuses.set(states, status);

    await run();

    expect(outcome()).toMatchObject({ state: 'failed', reason: `fetching ${states}: ${reason}` });
  });

  it('says what Salt said last when it gives no result', async () => {
    await saltThat('breaks');
    instruct();

    await run();

    expect(outcome()).toMatchObject({
      state: 'failed',
      reason: 'Salt ended with status 1 and gave no result; its last words: MemoryError',
    });
  });

  it('gives states up that come to no end', async () => {
    await workshop.standIn('salt-call', 'exec sleep 60');
    instruct();

    await run({ SLIPWAY_STATES_SECONDS: '0.5' });

    expect(outcome()).toMatchObject({ state: 'failed', reason: 'the Salt states did not end within 0.5 seconds' });
  });

  it('begins again what was interrupted', async () => {
    await workshop.standIn('salt-call', 'kill -9 $PPID');
    instruct();
    await run();
    const interrupted = outcome();
    await saltThat('applied');

    await run();

    expect(interrupted).toMatchObject({ state: 'running' });
    expect(outcome()).toMatchObject({ id: 'staging-m2-1', state: 'done' });
  });

  it('begins nothing that it cannot tell of, and tells later what it could not tell', async () => {
    instruct();
    store.statuses.set(outcomeObject, 403);
    const early = await run();
    const before = await calls();
    store.statuses.delete(outcomeObject);
    await workshop.standIn('salt-call', `${giveResult}; echo once >>calls; mv bin/slipway-store bin/store`);
    const silent = await run();
    await workshop.standIn('salt-call', 'echo twice >>calls');
    execFileSync('mv', ['bin/store', 'bin/slipway-store'], { cwd: workshop.folder });

    await run();

    expect(early).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^upgrade: put upgrade_put: Swift answered 403/),
    });
    expect(before).toBe('');
    expect(silent.status).toBe(1);
    expect(await calls()).toBe('once\n');
    expect(outcome()).toMatchObject({ state: 'done' });
  });

  it('waits for a first boot that still runs', async () => {
    instruct();
    await workshop.standIn('booting', `exec flock '${workshop.path('var/lib/slipway/lock')}' bin/slipway-upgrade`);

    const exit = await workshop.run('booting', [], { SLIPWAY_ROOT: workshop.folder });

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(store.requests).toEqual([]);
  });

  it('cannot do anything with an instruction that has no id, and says so', async () => {
    store.objects.set(instructionObject, '[]');

    const exit = await run();

    expect(exit).toMatchObject({ status: 1, stderr: 'upgrade: the instruction has no id\n' });
    expect(puts()).toEqual([]);
  });
});
