import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exit } from './support/machine.ts';
import { newWorkshop, type Workshop } from './support/run-program.ts';

let workshop: Workshop;

beforeEach(async () => {
  workshop = await newWorkshop('prerequisites/files/slipway-packages');
});

afterEach(() => workshop.remove());

function run(...args: string[]): Promise<Exit> {
  return workshop.run('slipway-packages', args);
}

describe('slipway-packages', () => {
  it('installs nothing and asks no mirror when all commands are there', async () => {
    await workshop.standIn('apt-get', 'echo "$@" >>calls; exit 1');

    const complete = await run('complete', 'sh=dash', 'cat=coreutils');
    const install = await run('install', 'sh=dash', 'cat=coreutils');

    expect([complete.status, install.status]).toEqual([0, 0]);
    await expect(workshop.read('calls')).rejects.toThrow('ENOENT');
  });

  it('installs the packages of the commands that are missing, and no others', async () => {
    await workshop.standIn(
      'apt-get',
      'echo "$@" >>calls; case "$*" in *install*) cp bin/slipway-packages bin/slipway-test-command ;; esac',
    );

    const before = await run('complete', 'sh=dash', 'slipway-test-command=conntrack');
    const exit = await run('install', 'sh=dash', 'slipway-test-command=conntrack');

    expect(before.status).toBe(1);
    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect((await workshop.read('calls')).trim().split('\n')).toEqual([
      '--quiet --option DPkg::Lock::Timeout=300 update',
      '--quiet --option DPkg::Lock::Timeout=300 install --yes --no-install-recommends conntrack',
    ]);
  });

  it('says what apt complained about', async () => {
    await workshop.standIn(
      'apt-get',
      'echo "Reading package lists..."; echo "E: Unable to locate package conntrack"; exit 100',
    );

    const exit = await run('install', 'slipway-test-command=conntrack');

    expect(exit).toEqual({
      status: 1,
      stdout: '',
      stderr: 'installing conntrack did not work: E: Unable to locate package conntrack\n',
    });
  });

  it('says that a distribution has no package, and what can be done', async () => {
    const exit = await run('install', 'slipway-test-command=');

    expect(exit.stderr).toBe(
      "there is no slipway-test-command, and this distribution has no package of it: put it into the image or among the release's files\n",
    );
  });

  it('installs the package files that are newer than what is installed, all at once', async () => {
    await workshop.standIn('dpkg-deb', 'case $3 in Package) basename "$2" .deb ;; Version) echo 2.0 ;; esac');
    await workshop.standIn(
      'dpkg-query',
      'case $3 in old) echo "installed 1.0" ;; same) echo "installed 2.0" ;; gone) echo "config-files 1.0" ;; *) exit 1 ;; esac',
    );
    await workshop.standIn('dpkg', 'case $1 in --compare-versions) test "$2" != "$4" ;; *) echo "$@" >>calls ;; esac');

    const before = await run('complete-offline', '/f/same.deb', '/f/old.deb');
    const exit = await run('install-offline', '/f/new.deb', '/f/old.deb', '/f/same.deb', '/f/gone.deb');
    const after = await run('complete-offline', '/f/same.deb');

    expect([before.status, exit.status, after.status]).toEqual([1, 0, 0]);
    expect(await workshop.read('calls')).toBe('--install /f/new.deb /f/old.deb /f/gone.deb\n');
  });

  it('does the same with files of rpm', async () => {
    await workshop.standIn(
      'rpm',
      [
        'case "$*" in',
        '*--package*) basename "$6" .rpm ;;',
        '"--query --quiet same") exit 0 ;;',
        '"--query --quiet"*) exit 1 ;;',
        '*--test*older*) echo "package x-3 (which is newer than x-2) is already installed" >&2; exit 1 ;;',
        '*--test*) exit 0 ;;',
        '*) echo "$@" >>calls ;;',
        'esac',
      ].join('\n'),
    );

    const exit = await run('install-offline', '/f/new.rpm', '/f/same.rpm', '/f/older.rpm');

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await workshop.read('calls')).toBe('--upgrade --nosignature /f/new.rpm\n');
  });
});
