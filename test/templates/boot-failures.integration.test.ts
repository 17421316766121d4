import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootStage, extra, salt, server, states, usualPath } from './boot-stage.ts';

/** Ends as curl does when it cannot write what it downloads; asks Keystone and Heat as usual. */
const curlOnAFullDisk = `#!/bin/sh
case "$*" in *--config*) exit 23 ;; esac
PATH=${usualPath} exec curl "$@"
`;

let stage: BootStage;

beforeEach(async () => {
  stage = await BootStage.open();
});
afterEach(() => stage.close());

describe('a first boot that does not work', () => {
  it('tells Heat which digest of which object it got instead, and unpacks nothing', async () => {
    stage.cloud.objects.set(extra, Buffer.from('as it is'));

    const reason = await stage.failedBoot({
      objects: [...stage.release().slice(0, 3), stage.described(extra, { sha256: '0'.repeat(64) })],
    });

    expect(reason).toMatch(/^containerd\.tar\.gz has sha256 [0-9a-f]{12}\.\.\., expected 000000000000\.\.\.$/);
    await expect(readdir(stage.home())).rejects.toThrow('ENOENT');
    await expect(readdir(`${stage.home()}.new/kubernetes`)).rejects.toThrow('ENOENT');
  });

  it('tells Heat which object has another size', async () => {
    stage.cloud.objects.set(extra, Buffer.from('as it is'));

    const reason = await stage.failedBoot({
      objects: [...stage.release().slice(0, 3), stage.described(extra, { size: 9 })],
    });

    expect(reason).toBe('containerd.tar.gz has 8 bytes, expected 9');
  });

  it('gives up at once when Swift refuses, because the signed URL will not get better', async () => {
    stage.cloud.objects.set(extra, Buffer.from('as it is'));
    stage.cloud.swiftAnswers.push(200, 200, 200, 403, 403);

    const reason = await stage.failedBoot();

    expect(reason).toBe('fetching containerd.tar.gz: Swift answered 403; the signed URL may have expired');
    expect(stage.cloud.downloads).toEqual([server, states, salt, extra]);
  });

  it('gives up in the end when Swift stays out of breath', async () => {
    stage.cloud.swiftAnswers.push(...Array(10).fill(503));

    const reason = await stage.failedBoot();

    expect(reason).toMatch(new RegExp(`^fetching ${server}: .*503`));
    expect(stage.cloud.downloads).toHaveLength(6);
  });

  it('does not try again to write what cannot be written', async () => {
    const programs = await stage.program('curl', curlOnAFullDisk);

    const reason = await stage.failedBoot({}, { programs });

    expect(reason).toBe(`fetching ${server}: it could not be written; the disk may be full`);
  });

  it.each([server, states, salt])('does not take a page of HTML for %s', async (name) => {
    stage.cloud.objects.set(name, Buffer.from('<html>Welcome</html>'));

    expect(await stage.failedBoot()).toBe(`${name} cannot be read as a compressed tar file`);
  });

  it.each([
    [server, 'kubernetes/server/bin/kubelet', 'kubernetes/server/bin/kubeadm'],
    [states, 'salt/init.sls', 'salt/top.sls'],
    [salt, 'salt/salt-minion', 'salt/salt-call'],
  ])('says what %s is missing', async (name, there, missing) => {
    stage.cloud.objects.set(name, await stage.pack([there], name.endsWith('.xz') ? 'xz' : 'gz'));

    expect(await stage.failedBoot()).toBe(`${name} has no ${missing}`);
  });

  it.each([server, states])('refuses %s with files outside its folder', async (name) => {
    stage.cloud.objects.set(name, await stage.pack(['etc/passwd']));

    expect(await stage.failedBoot()).toMatch(new RegExp(`^${name} has files outside its folder`));
  });

  it.each([
    [
      'a name with a path',
      { name: '../../etc/cron.d/x' },
      "name of object 2 is not what it has to be: '../../etc/cron.d/x'",
    ],
    ['a hidden name', { name: '.bashrc' }, "name of object 2 is not what it has to be: '.bashrc'"],
    ['a name with a blank', { name: 'a b' }, "name of object 2 is not what it has to be: 'a b'"],
    ['an option for a name', { name: '-rf' }, "name of object 2 is not what it has to be: '-rf'"],
    ['the name of another object', { name: server }, `${server} is one too many of its name or kind`],
    ['a second Kubernetes', { kind: 'kubernetes' }, `${extra} is one too many of its name or kind`],
    ['a kind of its own', { kind: 'program' }, "kind of object 2 is not what it has to be: 'program'"],
    ['no size', { size: undefined }, "size of object 2 is not what it has to be: 'None'"],
    ['a short digest', { sha256: 'abc' }, "sha256 of object 2 is not what it has to be: 'abc'"],
    [
      'a second line in its URL',
      { url: 'http://x/"\noutput = "/etc/passwd' },
      'url of object 2 is not what it has to be',
    ],
    ['a URL of a file', { url: 'file:///etc/passwd' }, 'url of object 2 is not what it has to be'],
  ])('fetches nothing of a release that has an object with %s', async (_what, changes, problem) => {
    stage.cloud.objects.set(extra, Buffer.from('as it is'));

    const reason = await stage.failedBoot({ objects: [stage.described(server), stage.described(extra, changes)] });

    expect(reason).toBe(`reading the release: ${problem}`);
    expect(stage.cloud.downloads).toEqual([]);
  });

  it('refuses a release without Kubernetes', async () => {
    expect(await stage.failedBoot({ objects: [] })).toBe('reading the release: Kubernetes is not among the objects');
  });

  it('refuses a release without Salt states, before it fetches any of it', async () => {
    stage.cloud.objects.delete(states);

    expect(await stage.failedBoot()).toBe('the release has no Salt states');
    expect(stage.cloud.downloads).toEqual([]);
  });

  it('says what to do, before it fetches anything, when there is no Salt', async () => {
    stage.cloud.objects.delete(salt);

    expect(await stage.failedBoot()).toBe(
      'there is no Salt: give the cluster firstBoot.salt in clusters.yaml, or an image that has salt-call',
    );
    expect(stage.cloud.downloads).toEqual([]);
  });

  it('says what the parameters lack', async () => {
    expect(await stage.failedBoot({ release: undefined, version: '' })).toBe('the parameters lack version release');
    expect(stage.cloud.downloads).toEqual([]);
  });

  it.each([
    ['are missing', undefined, /FileNotFoundError.*parameters\.json/],
    ['are no JSON', 'release: v1', /JSONDecodeError/],
    ['are no map', '[1]', /TypeError/],
    ['say nothing of Heat', '{}', /KeyError: 'signal'/],
    ['have a signal that cannot be read', '{"signal": "https://user:p4ss@x"}', /JSONDecodeError/],
  ])(
    'says so on the console when its parameters %s, since there is nobody to signal to',
    async (_what, text, problem) => {
      const { failed, output, log } = await stage.bootWith(text);

      expect(failed).toBe(true);
      expect(output).toMatch(problem);
      expect(output).toMatch(
        /^\S+Z slipway: stopping: the parameters in \S+\/parameters\.json cannot be used, [^\n]*\n$/,
      );
      expect(output).not.toContain('p4ss');
      expect(log).toBe(output);
    },
  );

  it('says so when its parameters cannot be read', async () => {
    await mkdir(stage.path('var/lib/slipway/parameters.json'), { recursive: true });

    const { failed, output } = await stage.bootWith(undefined);

    expect(failed).toBe(true);
    expect(output).toMatch(/stopping: the parameters in \S+ cannot be used, .*IsADirectoryError/);
  });

  it('signals as well when it stops where nobody expected it', async () => {
    await mkdir(stage.path(), { recursive: true });
    await writeFile(stage.path('opt'), 'a file where a folder belongs');

    expect(await stage.failedBoot()).toMatch(/^the boot script stopped unexpectedly at line \d+$/);
  });

  it('ends, and says so in its log, when Heat cannot be told', async () => {
    stage.cloud.keystoneAnswers.push(...Array(20).fill(500));

    const { failed, log } = await stage.boot();

    expect(failed).toBe(true);
    expect(stage.cloud.signals).toEqual([]);
    expect(log).toContain('Heat could not be told');
  });
});
