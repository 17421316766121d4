import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packStates } from '../../jobs/release/pack-states.ts';
import { BootStage, extra, password, salt, server, states } from './boot-stage.ts';

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
    expect((await readdir(stage.home())).sort()).toEqual(['etc', 'files', 'kubernetes', 'salt', 'salt-onedir']);
    expect(await readFile(stage.home('salt/top.sls'), 'utf8')).toBe(await readFile('templates/salt/top.sls', 'utf8'));
    expect((await stat(stage.home('salt-onedir/salt-call'))).mode & 0o111).not.toBe(0);
    expect(await readFile(stage.home('files', extra), 'utf8')).toBe('as it is');
    expect(await readdir(join(stage.directory, 'root/var/lib/slipway'))).not.toContain('objects');
  });

  it.each(['xz', 'bz2', 'gz'])('unpacks Salt as %s on an image that has neither xz nor bzip2', async (packing) => {
    stage.cloud.objects.set(`salt-onedir.tar.${packing}`, await stage.pack(['salt/salt-call'], packing));
    await stage.program('bzip2', '#!/bin/sh\nexit 127\n');
    const programs = await stage.program('xz', '#!/bin/sh\nexit 127\n');

    const { failed } = await stage.boot({}, programs);

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

  it('tells Salt where the states are and which server this is', async () => {
    await stage.boot({ role: 'control-plane' });

    expect(JSON.parse(await readFile(stage.home('etc/minion'), 'utf8'))).toEqual({
      file_client: 'local',
      file_roots: { base: [stage.home('salt')] },
      grains: {
        slipway: { cluster: 'staging', role: 'control-plane', version: 'v1.34.2', release: 'v1.34.2-0123456789ab' },
      },
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

  it('writes no secret into its log or onto the console, and keeps its files to root', async () => {
    stage.cloud.swiftAnswers.push(503);
    stage.cloud.objects.set(extra, Buffer.from('as it is'));

    const { log, output } = await stage.boot();

    expect(`${log}${output}`).not.toMatch(/secret-signature|token-1|p'a"s/);
    const modes = await Promise.all(
      [join(stage.directory, 'root/var/log/slipway-boot.log'), stage.home('files', extra)].map(async (path) =>
        stat(path),
      ),
    );
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['600', '600']);
    const left = await readdir(join(stage.directory, 'root/var/lib/slipway'));
    expect(left.filter((name) => name.startsWith('token'))).toEqual([]);
  });

  it('may be run again by hand, with another release', async () => {
    stage.cloud.objects.set(extra, Buffer.from('as it is'));
    await stage.boot();
    stage.cloud.objects.delete(extra);

    const { failed } = await stage.boot();

    expect(failed).toBe(false);
    expect((await readdir(stage.home())).sort()).toEqual(['etc', 'kubernetes']);
  });

  it('outlasts a cloud that is out of breath', async () => {
    stage.cloud.objects.set(extra, Buffer.from('as it is'));
    stage.cloud.swiftAnswers.push(503, 429);
    stage.cloud.keystoneAnswers.push(500);

    const { failed } = await stage.boot();

    expect(failed).toBe(false);
    expect(stage.cloud.downloads).toEqual([server, server, server, extra]);
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
    const name = 'n'.repeat(100);
    const url = `https://object-store.region-one.cloud.example.org:8080/v1/AUTH_${'0'.repeat(32)}/slipway-releases/files/${'0'.repeat(16)}/${name}?temp_url_sig=${'0'.repeat(64)}&temp_url_expires=1799999999`;
    const object = { kind: 'file', name, url, size: 1_000_000_000, sha256: '0'.repeat(64) };
    const objects = Array(await mostObjects()).fill(object);
    const parameters = { cluster: 'staging', role: 'control-plane', objects, signal: 'x'.repeat(1_024) };

    expect(Buffer.byteLength(script) + Buffer.byteLength(JSON.stringify(parameters))).toBeLessThan(48 * 1024);
  });

  it('has one place where Heat fills the parameters in, and is plain ASCII', async () => {
    const script = await readFile('templates/cloud-init/boot.sh', 'utf8');

    expect(script.split('@PARAMETERS@')).toHaveLength(2);
    expect(script).toMatch(/^[\t\n -~]*$/);
  });
});
