import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packStates } from '../../jobs/release/pack-states.ts';
import { BootStage, extra, password, salt, server, states } from './boot-stage.ts';

const run = promisify(execFile);

let stage: BootStage;

beforeEach(async () => {
  stage = await BootStage.open();
});
afterEach(() => stage.close());

/** The states of the repository, as a release has them. */
async function packedStates({ directory }: BootStage): Promise<Buffer> {
  const path = join(directory, states);
  await packStates('templates/salt', path);
  return readFile(path);
}

/** How many objects the template takes. */
async function mostObjects(): Promise<number> {
  const { parameters } = load(await readFile('templates/heat/cluster.yaml', 'utf8')) as {
    parameters: { release_objects: { constraints: readonly [{ length: { max: number } }] } };
  };
  return parameters.release_objects.constraints[0].length.max;
}

/** JSON as Heat makes it of a map that is joined with texts. */
async function asPythonWrites(value: unknown): Promise<string> {
  const program = 'import json, sys; print(json.dumps(json.loads(sys.argv[1])), end="")';
  return (await run('python3', ['-c', program, JSON.stringify(value)])).stdout;
}

describe('a first boot that works', () => {
  it('unpacks Kubernetes and tells Heat which release is on which host', async () => {
    const { failed } = await stage.boot();

    expect(failed).toBe(false);
    expect((await readdir(stage.home('kubernetes/server/bin'))).sort()).toEqual(['kubeadm', 'kubectl', 'kubelet']);
    const [signal] = stage.cloud.signals;
    expect(signal).toMatchObject({ status: 'SUCCESS', reason: expect.stringContaining('v1.34.2') });
    expect(JSON.parse(signal?.data ?? '')).toEqual({
      hostname: signal?.id,
      release: 'v1.34.2-0123456789ab',
      version: 'v1.34.2',
    });
  });

  it('puts every object of the release where it belongs, fetched one after another', async () => {
    stage.cloud.objects.set(states, await packedStates(stage));
    stage.cloud.objects.set(salt, await stage.pack(['salt/salt-call', 'salt/bin/python3'], 'xz'));
    stage.cloud.objects.set(extra, Buffer.from('as it is'));

    const { failed } = await stage.boot();

    expect(failed).toBe(false);
    expect(stage.cloud.downloads).toEqual([server, states, salt, extra]);
    const folders = ['etc', 'files', 'kubernetes', 'pillar', 'salt', 'salt-onedir'];
    expect((await readdir(stage.home())).sort()).toEqual(folders);
    expect(await readFile(stage.home('salt/top.sls'), 'utf8')).toBe(await readFile('templates/salt/top.sls', 'utf8'));
    expect((await stat(stage.home('salt-onedir/salt-call'))).mode & 0o111).not.toBe(0);
    expect(await readFile(stage.home('files', extra), 'utf8')).toBe('as it is');
    expect(await readdir(stage.path('var/lib/slipway'))).not.toContain('objects');
  });

  it.each(['xz', 'bz2', 'gz'])('unpacks Salt as %s on an image that has neither xz nor bzip2', async (packing) => {
    stage.cloud.objects.delete(salt);
    stage.cloud.objects.set(`salt-onedir.tar.${packing}`, await stage.pack(['salt/salt-call'], packing));
    await stage.program('bzip2', '#!/bin/sh\nexit 127\n');
    const programs = await stage.program('xz', '#!/bin/sh\nexit 127\n');

    const { failed } = await stage.boot({}, { programs });

    expect(failed).toBe(false);
    expect(await readdir(stage.home('salt-onedir'))).toEqual(['salt-call']);
  });

  it.each(['gz', 'bz2'])(
    'unpacks Salt as %s whatever its name says, since not every address tells',
    async (packing) => {
      stage.cloud.objects.set(salt, await stage.pack(['salt/salt-call'], packing));

      const { failed } = await stage.boot();

      expect(failed).toBe(false);
      expect(await readdir(stage.home('salt-onedir'))).toEqual(['salt-call']);
    },
  );

  it('tells Salt where everything is and which server this is, and to ask no network for it', async () => {
    const programs = await stage.program('uname', '#!/bin/sh\necho staging-control-plane-0.novalocal\n');

    await stage.boot({ role: 'control-plane' }, { programs });

    expect(JSON.parse(await readFile(stage.home('etc/minion'), 'utf8'))).toEqual({
      id: 'staging-control-plane-0',
      file_client: 'local',
      file_roots: { base: [stage.home('salt')] },
      pillar_roots: { base: [stage.home('pillar')] },
      cachedir: stage.home('cache'),
      grains: {
        slipway: { cluster: 'staging', role: 'control-plane', version: 'v1.34.2', release: 'v1.34.2-0123456789ab' },
      },
      enable_fqdns_grains: false,
      enable_gpu_grains: false,
      metadata_server_grains: false,
      state_output: 'changes',
    });
  });

  it('tells the states all of the server and its cluster, as Heat gave it', async () => {
    const programs = await stage.program('uname', '#!/bin/sh\necho staging-node-abcde.novalocal\n');
    const settings = { cluster_id: 'staging-1', control_planes: '3', cinder_csi: 'True', note: '{{ no }} template 🛥' };

    await stage.boot({ index: 2, settings: JSON.stringify(settings), facts: { endpoint: '10.1.2.3' } }, { programs });

    const [renderer, ...pillar] = (await readFile(stage.home('pillar/slipway.sls'), 'utf8')).split('\n');
    expect(renderer).toBe('#!json');
    expect(JSON.parse(pillar.join('\n'))).toEqual({
      slipway: {
        cluster: 'staging',
        role: 'node',
        index: '2',
        version: 'v1.34.2',
        release: 'v1.34.2-0123456789ab',
        hostname: 'staging-node-abcde',
        settings,
        facts: { endpoint: '10.1.2.3' },
      },
    });
    expect(JSON.parse(await readFile(stage.home('pillar/top.sls'), 'utf8'))).toEqual({ base: { '*': ['slipway'] } });
  });

  it('keeps the URLs of what the servers share, with the name of this one in them', async () => {
    const programs = await stage.program('uname', '#!/bin/sh\necho staging-node-abcde\n');

    await stage.boot({}, { programs });

    expect(JSON.parse(await readFile(stage.home('etc/store.json'), 'utf8'))).toEqual({
      join_node_get: stage.cloud.signed('deployment-1/join/node.json'),
      log_put: stage.cloud.signed('deployment-1/logs/staging-node-abcde.log'),
      upgrade_get: stage.cloud.signed('deployment-1/upgrades/staging-node-abcde.json'),
      upgrade_put: stage.cloud.signed('deployment-1/upgraded/staging-node-abcde.json'),
    });
  });

  it('logs in with the password as it is, whatever characters are in it', async () => {
    await stage.boot();

    expect(stage.cloud.logins).toEqual([
      {
        auth: {
          identity: { methods: ['password'], password: { user: { id: 'user-1', password } } },
          scope: { project: { id: 'project-1' } },
        },
      },
    ]);
  });

  it('may be run again by hand, with another release', async () => {
    stage.cloud.objects.set(extra, Buffer.from('as it is'));
    await stage.boot();
    stage.cloud.objects.delete(extra);

    const { failed } = await stage.boot();

    expect(failed).toBe(false);
    expect((await readdir(stage.home())).sort()).toEqual(['etc', 'kubernetes', 'pillar', 'salt', 'salt-onedir']);
  });

  it('outlasts a cloud that is out of breath', async () => {
    stage.cloud.objects.set(extra, Buffer.from('as it is'));
    stage.cloud.swiftAnswers.push(503, 429);
    stage.cloud.keystoneAnswers.push(500);

    const { failed } = await stage.boot();

    expect(failed).toBe(false);
    expect(stage.cloud.downloads).toEqual([server, server, server, states, salt, extra]);
    expect(stage.cloud.signals.map(({ status }) => status)).toEqual(['SUCCESS']);
  });

  it.each(['', '/v3', '/v3/', '/v3/v3'])('finds Keystone when Heat calls its address …%s', async (suffix) => {
    const signal = {
      auth_url: `${stage.cloud.url}${suffix}`,
      user_id: 'u',
      password,
      project_id: 'p',
      alarm_url: `${stage.cloud.url}/signal`,
    };

    await stage.boot({ signal: JSON.stringify(signal) });

    expect(stage.cloud.signals).toHaveLength(1);
  });
});

describe('the boot script', () => {
  it('is small enough for Nova with as many objects as the template takes, all with the longest of names', async () => {
    const script = await readFile('templates/cloud-init/boot.sh', 'utf8');
    const account = `https://object-store.region-one.cloud.example.org:8080/v1/AUTH_${'0'.repeat(32)}`;
    const signature = `temp_url_sig=${'0'.repeat(64)}&temp_url_expires=1799999999`;
    const name = 'n'.repeat(100);
    const url = `${account}/slipway-releases/files/${'0'.repeat(16)}/${name}?${signature}`;
    const object = { kind: 'file', name, url, size: 1_000_000_000, sha256: '0'.repeat(64) };
    const shared = `${account}/slipway-cluster-${'n'.repeat(30)}/${'0'.repeat(36)}/join/control-plane.json?${signature}`;
    const parameters = {
      cluster: 'staging',
      role: 'control-plane',
      objects: Array(await mostObjects()).fill(object),
      store: Object.fromEntries(Array.from({ length: 7 }, (_, number) => [`a_name_of_some_length_${number}`, shared])),
      settings: Object.fromEntries(Array.from({ length: 16 }, (_, number) => [`setting_${number}`, 'x'.repeat(60)])),
      signal: JSON.stringify({ key: 'x'.repeat(1_024) }),
    };

    const userData = await asPythonWrites({
      write_files: [
        { path: '/var/lib/slipway/boot', permissions: '0700', content: script },
        { path: '/var/lib/slipway/parameters.json', permissions: '0600', content: await asPythonWrites(parameters) },
      ],
      runcmd: [['/var/lib/slipway/boot']],
    });
    expect(`#cloud-config\n${userData}`.length).toBeLessThan(48 * 1024);
  });

  it('is plain ASCII, and has no place where anything is filled in', async () => {
    const script = await readFile('templates/cloud-init/boot.sh', 'utf8');

    expect(script).toMatch(/^[\t\n -~]*$/);
    expect(script.match(/@[A-Z]+@/g)).toEqual(['@HOST@', '@HOST@']);
  });

  it('is found without fault by shellcheck', async () => {
    const { stdout } = await run('shellcheck', ['--enable=check-unassigned-uppercase', 'templates/cloud-init/boot.sh']);

    expect(stdout).toBe('');
  });
});
