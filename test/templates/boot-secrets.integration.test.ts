import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootStage, extra, usualPath } from './boot-stage.ts';
import { state } from './salt-stand-in.ts';

let stage: BootStage;

beforeEach(async () => {
  stage = await BootStage.open();
});
afterEach(() => stage.close());

/** Of the signed URLs, of the token and of the password. */
const secrets = /secret-signature|token-1|p'a"s/;

/** Programs that boot.sh runs. */
const programs =
  'cat chmod cp curl date flock grep gzip head mkdir mv od python3 rm sed sha256sum sleep stat tail tar timeout tr uname xz zstd';

async function mode(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

/** All files below a folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe('the secrets of a first boot', () => {
  it('are neither in its log nor on the console, and its files are for root alone', async () => {
    stage.cloud.swiftAnswers.push(503);
    stage.cloud.objects.set(extra, Buffer.from('as it is'));

    const { log, output } = await stage.boot();

    expect(`${log}${output}`).not.toMatch(secrets);
    const paths = [
      stage.path('var/log/slipway-boot.log'),
      stage.home('files', extra),
      stage.home('etc/minion'),
      stage.home('etc/store.json'),
      stage.home('pillar/top.sls'),
      stage.home('pillar/slipway.sls'),
    ];
    expect(await Promise.all(paths.map(mode))).toEqual(paths.map(() => '600'));
    expect(await Promise.all([stage.home(), stage.home('pillar'), stage.home('etc')].map(mode))).toEqual(
      Array(3).fill('700'),
    );
  });

  it('stay in the parameters and in the store, and nowhere else on the server', async () => {
    await stage.boot();

    const files = await filesIn(stage.path());
    const contents = await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const));
    expect(contents.filter(([, text]) => secrets.test(text)).map(([file]) => file)).toEqual(
      expect.arrayContaining([stage.home('etc/store.json'), stage.path('var/lib/slipway/parameters.json')]),
    );
    expect(contents.filter(([, text]) => secrets.test(text))).toHaveLength(2);
  });

  it('are no arguments of any program, where everybody could read them, when all is well or not', async () => {
    const seen = join(stage.directory, 'seen');
    let folder = '';
    for (const name of programs.split(' ')) {
      const script = `#!/bin/sh\nprintf '%s\\n' "${name} $*" >>'${seen}'\nPATH=${usualPath} exec ${name} "$@"\n`;
      folder = await stage.program(name, script);
    }

    const first = await stage.boot({}, { programs: folder });
    stage.salt.run = { status: 2, result: { local: state('a-state', 0, { result: false, comment: 'no' }) } };
    const second = await stage.boot({}, { programs: folder });

    expect([first.failed, second.failed]).toEqual([false, true]);
    const calls = await readFile(seen, 'utf8');
    expect(calls).not.toMatch(secrets);
    expect(calls).toMatch(/^curl .*--upload-file /m);
    expect(calls).toMatch(/^python3 -I -S -c/m);
    expect(calls).toMatch(/^timeout .*salt-call/m);
    expect((await stage.salt.arguments()).join(' ')).not.toMatch(secrets);
    expect(Object.values(await stage.salt.environment()).join(' ')).not.toMatch(secrets);
  });

  it('are left out when a state or Salt says them', async () => {
    const url = stage.cloud.signed('join/node.json');
    const token = 'abcdef.0123456789abcdef';
    const stderr = `joining with ${token}\nfetching ${url}&x=1 did not work`;
    stage.salt.run = {
      status: 2,
      output: `it is about ${url} with ${token}`,
      result: { local: state('a-state', 0, { result: false, comment: `${url} ${token}`, changes: { stderr } }) },
    };

    const { log, output } = await stage.boot();

    const [signal] = stage.cloud.signals;
    expect(signal?.reason).toMatch(
      /^state a-state: fetching \S+\?temp_url_sig=\.\.\.&temp_url_expires=1&x=1 did not work$/,
    );
    const [uploaded] = stage.cloud.logs.values();
    expect([log, output, uploaded, signal?.reason].join('\n')).not.toMatch(/secret-signature|0123456789abcdef/);
    expect(log).toContain('it is about');
  });
});
