import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OfficialReleaseOptions, officialRelease, publishedSha512 } from '../../jobs/official-release.ts';
import { UsageError } from '../../src/errors.ts';
import { FileMirror } from './download/file-mirror.ts';
import { digestOf } from './download/support.ts';

const tarball = randomBytes(1_000_000);
const sha512 = digestOf('sha512', tarball);
const name = 'kubernetes-server-linux-amd64.tar.gz';

let mirror: FileMirror;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-official-'));
  mirror = await FileMirror.start();
  publish(`/v1.34.2/${name}`, tarball, sha512);
});
afterEach(async () => {
  mirror.close();
  await rm(directory, { recursive: true });
});

function publish(path: string, content: Buffer, digest: string): void {
  mirror.files.set(path, content);
  mirror.files.set(`${path}.sha512`, Buffer.from(digest));
}

const wanted = (more: Partial<OfficialReleaseOptions> = {}): OfficialReleaseOptions => ({
  version: 'v1.34.2',
  platform: 'linux/amd64',
  mirror: mirror.url,
  directory,
  environment: {},
  signal: new AbortController().signal,
  waitsMs: [1],
  ...more,
});
const paths = () => mirror.asked.map(({ path }) => path);

describe('an official release', () => {
  it('is brought here, and is what its mirror says', async () => {
    const release = await officialRelease(wanted());

    expect(release).toEqual({
      version: 'v1.34.2',
      name,
      path: join(directory, name),
      size: tarball.length,
      md5: digestOf('md5', tarball),
      sha256: digestOf('sha256', tarball),
      sha512,
    });
    expect(tarball.equals(await readFile(release.path))).toBe(true);
    expect(paths()).toEqual([`/v1.34.2/${name}.sha512`, `/v1.34.2/${name}`]);
  });

  it.each([
    ['/release', `/release/v1.34.2/${name}`],
    ['/mirror/kubernetes/', `/mirror/kubernetes/v1.34.2/${name}`],
  ])('may lie deeper in a mirror, at %s', async (below, path) => {
    publish(path, tarball, sha512);

    await officialRelease(wanted({ mirror: `${mirror.url}${below}` }));

    expect(paths()).toEqual([`${path}.sha512`, path]);
  });

  it('may be of another platform', async () => {
    publish('/v1.34.2/kubernetes-server-linux-arm64.tar.gz', tarball, sha512);

    const release = await officialRelease(wanted({ platform: 'linux/arm64' }));

    expect(release.name).toBe('kubernetes-server-linux-arm64.tar.gz');
  });

  it('goes on where it broke off', async () => {
    mirror.troubles.push((response) => response.end(`${sha512}  ${name}\n`));
    mirror.breaksAfter.push(600_000);

    expect(await officialRelease(wanted())).toMatchObject({ sha512 });
    expect(mirror.asked.at(-1)?.from).toBeGreaterThan(0);
  });

  it('is refused when it is not what the mirror says', async () => {
    publish(`/v1.34.2/${name}`, tarball, digestOf('sha512', Buffer.from('another')));

    await expect(officialRelease(wanted())).rejects.toMatchObject({
      code: 'download_digest',
      message: expect.stringMatching(/^Downloading Kubernetes v1\.34\.2 from localhost:\d+: what came has the SHA-512/),
      retryable: false,
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('is believed to be what clusters.yaml says, and the mirror is not asked about it', async () => {
    publish(`/v1.34.2/${name}`, tarball, digestOf('sha512', Buffer.from('another')));

    expect(await officialRelease(wanted({ sha512 }))).toMatchObject({ sha512 });
    expect(paths()).toEqual([`/v1.34.2/${name}`]);
  });

  it.each(['its digest', 'its tarball'])('is missed when the mirror does not have %s', async (what) => {
    mirror.files.delete(`/v1.34.2/${name}${what === 'its digest' ? '.sha512' : ''}`);

    await expect(officialRelease(wanted())).rejects.toMatchObject({
      code: 'release_missing',
      message: expect.stringMatching(/^The mirror localhost:\d+ has no Kubernetes v1\.34\.2 for linux\/amd64$/),
      hint: expect.stringContaining('kubernetes.mirror'),
      retryable: false,
    });
  });

  it.each<[string, Partial<OfficialReleaseOptions>]>([
    ['no version', { version: '' }],
    ['a branch', { version: 'master' }],
    ['a version without its v', { version: '1.34.2' }],
    ['half a version', { version: 'v1.34' }],
    ['a build between versions', { version: 'v1.35.0-alpha.0.391+575c4925be8c39' }],
    ['a way out', { version: 'v1.34.2/../../secret' }],
    ['a second line', { version: 'v1.34.2\n' }],
    ['another platform', { platform: 'linux/../..' }],
  ])('cannot be of %s', async (_what, more) => {
    await expect(officialRelease(wanted(more))).rejects.toBeInstanceOf(UsageError);
    await expect(officialRelease(wanted({ ...more, sha512 }))).rejects.toBeInstanceOf(UsageError);
    expect(mirror.asked).toEqual([]);
  });
});

describe('the published digest', () => {
  const asked = (more: Partial<OfficialReleaseOptions> = {}) => publishedSha512({ ...wanted(more), idleMs: 5_000 });

  it.each(['v1.34.2', 'v1.35.0-alpha.1', 'v1.35.0-beta.0', 'v1.35.0-rc.12'])(
    'of %s is one small GET',
    async (version) => {
      publish(`/${version}/${name}`, tarball, sha512);

      expect(await asked({ version })).toBe(sha512);
      expect(paths()).toEqual([`/${version}/${name}.sha512`]);
    },
  );

  it('is followed to where the mirror keeps it', async () => {
    mirror.files.set('/elsewhere', Buffer.from(`${sha512}\n`));
    mirror.troubles.push((response) => response.writeHead(302, { location: '/elsewhere' }).end());

    expect(await asked()).toBe(sha512);
  });

  it('is refused when it is a page for people', async () => {
    publish(`/v1.34.2/${name}`, tarball, '<html>Please log in</html>');

    await expect(asked()).rejects.toMatchObject({
      code: 'download',
      message: expect.stringMatching(/^What localhost:\d+ has as the digest of Kubernetes v1\.34\.2 is no SHA-512$/),
      retryable: false,
    });
  });

  it('is refused when it does not end', async () => {
    publish(`/v1.34.2/${name}`, tarball, sha512.repeat(9));

    await expect(asked()).rejects.toMatchObject({ message: expect.stringContaining('longer than 1024 bytes') });
  });

  it('may be asked for again when the mirror is busy', async () => {
    mirror.troubles.push((response) => response.writeHead(503).end());

    await expect(asked()).rejects.toMatchObject({ message: expect.stringContaining('answers 503'), retryable: true });
  });

  it('that may not be had is perhaps not there', async () => {
    mirror.troubles.push((response) => response.writeHead(403).end());

    await expect(asked()).rejects.toMatchObject({
      code: 'release_missing',
      message: expect.stringMatching(/answers 403, which may mean that it has no v1\.34\.2$/),
    });
  });

  it('may be asked for again when the mirror takes too long, however often it sends something', async () => {
    mirror.troubles.push((response) => {
      const drops = setInterval(() => response.write('0'), 50);
      response.on('close', () => clearInterval(drops));
    });

    await expect(publishedSha512({ ...wanted(), deadlineMs: 400 })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^Downloading the digest of Kubernetes v1\.34\.2 .*: it is not here after 0\.4 s$/,
      ),
      retryable: true,
    });
  });

  it('ends with the caller’s reason', async () => {
    const abort = new AbortController();
    mirror.troubles.push(() => abort.abort(new Error('enough')));

    await expect(asked({ signal: abort.signal })).rejects.toThrow('enough');
  });

  describe('without https', () => {
    const refused = {
      code: 'mirror_not_trusted',
      message: expect.stringContaining('without https'),
      hint: expect.stringContaining('kubernetes.sha512'),
      retryable: false,
    };

    it.each(['http://mirror.example', 'http://10.0.0.7/kubernetes', 'http://127.mirror.example'])(
      'proves nothing at %s',
      async (address) => {
        await expect(asked({ mirror: address })).rejects.toMatchObject(refused);
        await expect(officialRelease(wanted({ mirror: address }))).rejects.toMatchObject(refused);
      },
    );

    it('proves nothing through a proxy, which is another machine', async () => {
      const environment = { http_proxy: 'http://127.0.0.1:9' };

      await expect(asked({ environment })).rejects.toMatchObject(refused);
    });
  });
});
