import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FetchFileOptions, fetchFile } from '../../../jobs/download/fetch-file.ts';
import { Authority } from '../../openstack/certificates.ts';
import { ConnectProxy } from '../../openstack/connect-proxy.ts';
import { FileMirror, type FileMirrorOptions } from './file-mirror.ts';
import { digestOf, fetching } from './support.ts';

const mib = 2 ** 20;
const content = randomBytes(8 * mib);
const newer = randomBytes(8 * mib);
const sha512 = digestOf('sha512', content);

/** What may be on its way when a connection breaks, and is lost with it. */
const onItsWay = mib / 4;

let folder: string;
let mirror: FileMirror;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-fetch-'));
  await startMirror();
});
afterEach(async () => {
  mirror.close();
  await rm(folder, { recursive: true });
});

/** A mirror of another kind than usual. */
async function startMirror(options: FileMirrorOptions = {}): Promise<void> {
  mirror?.close();
  mirror = await FileMirror.start(options);
  mirror.files.set('/file', content);
}

const wanted = (more: Partial<FetchFileOptions> = {}) => fetching(folder, `${mirror.url}/file`, { sha512, ...more });
const fetched = (more: Partial<FetchFileOptions> = {}) => fetchFile(wanted(more));
/** Three of the eight MiB, whose download was given up. */
async function leavePart(): Promise<void> {
  mirror.breaksAfter.push(3 * mib);
  await expect(fetched({ waitsMs: [] })).rejects.toMatchObject({ retryable: true });
}

/** What vitest compares byte by byte takes minutes. */
const holds = async (path: string, expected: Buffer) => expected.equals(await readFile(path));
const left = () => readdir(join(folder, 'releases'));

describe('fetching a file', () => {
  it('brings it to its path, and tells its size and digests', async () => {
    const progress: (readonly [number, number | undefined])[] = [];

    const result = await fetched({ onProgress: (...step) => progress.push(step) });

    expect(result).toEqual({
      path: wanted().path,
      size: content.length,
      md5: digestOf('md5', content),
      sha256: digestOf('sha256', content),
      sha512,
    });
    expect(await holds(result.path, content)).toBe(true);
    expect(await left()).toEqual(['file.tar.gz']);
    expect(progress.at(-1)).toEqual([content.length, content.length]);
  });

  it('asks nobody when the right file is there', async () => {
    await fetched();

    const again = await fetched();

    expect(again).toMatchObject({ sha512, size: content.length });
    expect(mirror.asked).toHaveLength(1);
  });

  it('replaces another file that is there', async () => {
    const { path } = wanted();
    await mkdir(dirname(path));
    await writeFile(path, newer);

    await fetched();

    expect(await holds(path, content)).toBe(true);
  });

  it('downloads anew what it has no digest of', async () => {
    await fetched({ sha512: undefined });
    mirror.files.set('/file', newer);

    const again = await fetched({ sha512: undefined });

    expect(again.sha512).toBe(digestOf('sha512', newer));
  });

  it('brings a file of no bytes', async () => {
    mirror.files.set('/file', Buffer.alloc(0));

    expect(await fetched({ sha512: undefined })).toMatchObject({ size: 0 });
  });

  it('is done once for two who want the same', async () => {
    const results = await Promise.all([fetched(), fetched()]);

    expect(results.map(({ size }) => size)).toEqual([content.length, content.length]);
    expect(mirror.asked).toHaveLength(1);
    expect(await left()).toEqual(['file.tar.gz']);
  });

  it('follows redirects', async () => {
    const location = `${mirror.url}/file`;
    mirror.troubles.push((response) => response.writeHead(302, { location }).end());

    expect(await fetched({ url: `${mirror.url}/elsewhere` })).toMatchObject({ sha512 });
  });
});

describe('a download that breaks off', () => {
  it.each<[string, FileMirrorOptions]>([
    ['an ETag', { validator: 'etag' }],
    ['a date', { validator: 'last-modified' }],
    ['an ETag and no size', { validator: 'etag', saysSize: false }],
  ])('goes on where it stopped, by %s', async (_validator, options) => {
    await startMirror(options);
    mirror.breaksAfter.push(3 * mib, 2 * mib);

    const result = await fetched();

    expect(result.sha512).toBe(sha512);
    const [, second = 0, third = 0] = mirror.asked.map(({ from }) => from);
    expect(second).toBeGreaterThan(3 * mib - onItsWay);
    expect(third).toBeGreaterThan(second + 2 * mib - onItsWay);
    expect(mirror.sent).toBeLessThan(content.length + 2 * onItsWay);
  });

  it.each<[string, FileMirrorOptions]>([
    ['knows no ranges', { ranges: false }],
    ['has nothing to tell versions apart', { validator: undefined }],
  ])('begins anew when the mirror %s', async (_what, options) => {
    await startMirror(options);
    mirror.breaksAfter.push(3 * mib);

    const result = await fetched();

    expect(result.sha512).toBe(sha512);
    expect(mirror.sent).toBe(3 * mib + content.length);
  });

  it.each<[string, FileMirrorOptions, number]>([
    ['says so', {}, 2],
    ['sends the range all the same', { obeysIfRange: false }, 3],
  ])('begins anew when the mirror has another version by then, and %s', async (_what, options, gets) => {
    await startMirror(options);
    await leavePart();
    mirror.files.set('/file', newer);

    const result = await fetched({ sha512: digestOf('sha512', newer) });

    expect(await holds(result.path, newer)).toBe(true);
    expect(mirror.asked).toHaveLength(gets);
  });

  it('begins anew when the mirror has less by then than came before', async () => {
    await startMirror({ obeysIfRange: false });
    await leavePart();
    const short = content.subarray(0, mib);
    mirror.files.set('/file', short);

    expect(await fetched({ sha512: digestOf('sha512', short) })).toMatchObject({ size: mib });
  });

  it('is fetched once more from its beginning when its pieces do not fit', async () => {
    await startMirror({ validator: 'last-modified', obeysIfRange: false });
    await leavePart();
    mirror.files.set('/file', newer); // of the same size, so that only the digest tells

    const result = await fetched({ sha512: digestOf('sha512', newer) });

    expect(await holds(result.path, newer)).toBe(true);
    expect(mirror.asked.map(({ from }) => from)).toEqual([0, expect.any(Number), 0]);
  });

  it('goes on when the mirror sends less of a range than it was asked for', async () => {
    await leavePart();
    mirror.troubles.push((response) => {
      const from = mirror.asked.at(-1)?.from ?? 0;
      const range = `bytes ${from}-${from + mib - 1}/${content.length}`;
      response.writeHead(206, { 'content-range': range, 'content-length': mib });
      response.end(content.subarray(from, from + mib));
    });

    expect(await fetched()).toMatchObject({ sha512 });
    expect(mirror.asked.at(-1)?.from).toBeGreaterThan(4 * mib - onItsWay);
  });

  it('waits for a mirror that is busy', async () => {
    mirror.troubles.push(
      (response) => response.writeHead(503).end(),
      (response) => response.destroy(),
    );

    expect(await fetched()).toMatchObject({ sha512 });
  });

  it('is tried as long as it gets on', async () => {
    mirror.breaksAfter.push(...Array.from({ length: 6 }, () => mib));

    expect(await fetched({ waitsMs: [1] })).toMatchObject({ sha512 });
  });

  it('is given up when it does not get on, and the next attempt has what came', async () => {
    mirror.breaksAfter.push(3 * mib, 0, 0, 0);
    const given = fetched({ waitsMs: [1, 1] });

    await expect(given).rejects.toMatchObject({
      code: 'download',
      message: expect.stringMatching(
        /^Downloading the tarball from localhost:\d+: the connection to localhost:\d+ failed \(UND_ERR_SOCKET\) \(3 tries in a row; 3\.\d MB of 8\.4 MB are here, and are kept\)$/,
      ),
      hint: expect.stringContaining('HTTPS_PROXY'),
      retryable: true,
    });

    mirror.breaksAfter.length = 0;
    const result = await fetched();

    expect(result.sha512).toBe(sha512);
    expect(mirror.sent).toBeLessThan(content.length + onItsWay);
    expect(await left()).toEqual(['file.tar.gz']);
  });

  it('is given up when the mirror stops sending without a word', async () => {
    const silence = (response: { write(chunk: string): boolean }) => void response.write('x');
    mirror.troubles.push(silence, silence);

    await expect(fetched({ idleMs: 200, waitsMs: [1] })).rejects.toMatchObject({
      message: expect.stringContaining('nothing came'),
      retryable: true,
    });
  });

  it('is given up when it takes too long in all', async () => {
    mirror.troubles.push((response) => void response.write('x'));

    await expect(fetched({ deadlineMs: 300 })).rejects.toMatchObject({
      code: 'download',
      message: expect.stringContaining('is not here after'),
      retryable: true,
    });
  });

  it('ends with the caller’s reason, and the next attempt has what came', async () => {
    const abort = new AbortController();
    mirror.breaksAfter.push(3 * mib);
    const pending = fetched({ signal: abort.signal, waitsMs: [60_000] });
    const reason = expect(pending).rejects.toThrow('enough');
    const sizeOfPart = () => stat(`${wanted().path}.part`).then(({ size }) => size, Number);
    await expect.poll(sizeOfPart, { timeout: 10_000 }).toBeGreaterThan(3 * mib - onItsWay);

    abort.abort(new Error('enough'));
    await reason;
    await fetched();

    expect(mirror.asked.at(-1)?.from).toBeGreaterThan(3 * mib - onItsWay);
  });

  it('is not gone on with for another address', async () => {
    mirror.files.set('/other', newer);
    await leavePart();

    const other = await fetched({ url: `${mirror.url}/other`, sha512: digestOf('sha512', newer) });

    expect(other.size).toBe(newer.length);
    expect(mirror.asked.at(-1)).toMatchObject({ from: 0 });
  });

  it.each([
    ['was cut', (text: string) => text.slice(0, 20)],
    ['is of something else', () => '{"url": 7}'],
  ])('begins anew when the note beside it %s', async (_what, spoil) => {
    await leavePart();
    const note = `${wanted().path}.part.json`;
    await writeFile(note, spoil(await readFile(note, 'utf8')));

    expect(await fetched()).toMatchObject({ sha512 });
    expect(mirror.asked.at(-1)).toMatchObject({ from: 0 });
  });
});

describe('a download that is of no use', () => {
  it('is removed when it is another file than it should be', async () => {
    const refused = fetched({ sha512: digestOf('sha512', newer) });

    await expect(refused).rejects.toMatchObject({
      code: 'download_digest',
      message: expect.stringContaining(
        `what came has the SHA-512 ${sha512.slice(0, 12)}…, not ${digestOf('sha512', newer).slice(0, 12)}…`,
      ),
      hint: expect.stringContaining('kubernetes.mirror'),
      retryable: false,
    });
    expect(mirror.asked).toHaveLength(1);
    expect(await left()).toEqual([]);
  });

  it('is told from a page that a proxy sends instead', async () => {
    mirror.files.set('/file', Buffer.from('\n<!DOCTYPE html>\n<title>Log in</title>'));

    await expect(fetched()).rejects.toMatchObject({
      code: 'download_digest',
      message: expect.stringMatching(/a page for people came instead$/),
      retryable: false,
    });
  });

  it('is refused by its SHA-256 as well', async () => {
    await expect(fetched({ sha256: digestOf('sha256', newer) })).rejects.toMatchObject({
      message: expect.stringContaining('has the SHA-256'),
    });
  });

  it.each<[string, FileMirrorOptions, number]>([
    ['before it comes', {}, 0],
    ['while it comes, when the mirror did not say', { saysSize: false }, 5 * mib],
  ])('is refused when it is too large, %s', async (_when, options, mostBytes) => {
    await startMirror(options);
    let most = 0;
    const onProgress = (done: number) => {
      most = Math.max(most, done);
    };

    await expect(fetched({ mostBytes: mostBytes || 5 * mib, onProgress })).rejects.toMatchObject({
      code: 'download_too_large',
      message: expect.stringContaining('larger than 5.2 MB'),
      retryable: false,
    });
    expect(most).toBeLessThanOrEqual(mostBytes);
  });

  it('is refused when the mirror does not have it, at once', async () => {
    await expect(fetched({ url: `${mirror.url}/nothing` })).rejects.toMatchObject({
      code: 'download',
      message: expect.stringMatching(/answers 404$/),
      hint: 'Check kubernetes.mirror in clusters.yaml',
      detail: { status: 404 },
      retryable: false,
    });
    expect(mirror.asked).toHaveLength(1);
  });

  it('is refused when nobody knows the mirror’s certificate, at once', async () => {
    const authority = new Authority('Nobody');
    await startMirror({ tls: authority.issue('localhost') });
    authority.close();

    await expect(fetched()).rejects.toMatchObject({
      message: expect.stringContaining('is not trusted'),
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
      retryable: false,
    });
  });

  it('is refused when nothing says where it is', async () => {
    await expect(fetched({ url: undefined })).rejects.toMatchObject({ code: 'config' });
  });
});

describe('behind a proxy', () => {
  let proxy: ConnectProxy;

  beforeEach(async () => {
    proxy = await ConnectProxy.start();
  });
  afterEach(() => proxy.close());

  it('goes through it, each time', async () => {
    mirror.troubles.push((response) => response.writeHead(503).end());

    const result = await fetched({ environment: { http_proxy: proxy.address } });

    expect(result.sha512).toBe(sha512);
    expect(proxy.asked).toEqual([`GET ${mirror.url}/file`, `GET ${mirror.url}/file`]);
  });
});

describe('a file of this worker', () => {
  it('is measured and used where it is', async () => {
    const file = join(folder, 'own.tar.xz');
    await writeFile(file, content);

    const result = await fetched({ url: undefined, file });

    expect(result).toMatchObject({ path: file, size: content.length, sha512, md5: digestOf('md5', content) });
    expect(await readdir(folder)).toEqual(['own.tar.xz']);
  });

  it('is refused and left alone when it is another one', async () => {
    const file = join(folder, 'own.tar.xz');
    await writeFile(file, newer);

    await expect(fetched({ url: undefined, file })).rejects.toMatchObject({
      code: 'file_digest',
      message: expect.stringMatching(/^Reading the tarball: the file own\.tar\.xz has the SHA-512 /),
      retryable: false,
    });
    expect(await holds(file, newer)).toBe(true);
  });

  it.each(['nowhere', '.'])('is missed when there is none at %s', async (name) => {
    await expect(fetched({ url: undefined, file: join(folder, name) })).rejects.toMatchObject({
      code: 'file_missing',
      retryable: false,
    });
  });
});
