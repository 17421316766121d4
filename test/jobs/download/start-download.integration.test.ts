import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redirectTarget } from '../../../jobs/download/redirect-target.ts';
import { type Download, type DownloadOptions, startDownload } from '../../../jobs/download/start-download.ts';
import { type Mirror, startMirror } from '../../support/mirror.ts';

const content = Buffer.from('0123456789'.repeat(1000));
const subject = { what: 'the image', setting: 'image.url', code: 'image_download' };

describe('a download', () => {
  let mirror: Mirror;

  beforeAll(async () => {
    mirror = await startMirror(content);
  });
  afterAll(() => mirror.close());

  const start = (path: string, more: Partial<DownloadOptions> = {}) =>
    startDownload({
      ...subject,
      url: `${mirror.url}${path}`,
      environment: {},
      signal: new AbortController().signal,
      ...more,
    });

  async function read(download: Download): Promise<Buffer> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of download.chunks()) chunks.push(chunk);
    } finally {
      await download.close();
    }
    return Buffer.concat(chunks);
  }

  it.each(['/image', '/moved'])('brings what is at %s, and its size', async (path) => {
    const download = await start(path);

    expect(download.size).toBe(content.length);
    expect(await read(download)).toEqual(content);
  });

  it('follows five redirects and no more', async () => {
    for (let hop = 1; hop <= 6; hop += 1) {
      const location = hop === 1 ? '/image' : `/hop${hop - 1}`;
      mirror.paths.set(`/hop${hop}`, (response) => response.writeHead(307, { location }).end());
    }

    expect(await read(await start('/hop5'))).toEqual(content);
    await expect(start('/hop6')).rejects.toMatchObject({
      message: expect.stringContaining('more than 5'),
      retryable: false,
    });
  });

  it.each([
    ['/nothing', 404, false],
    ['/forbidden', 403, false],
    ['/busy', 503, true],
    ['/hurried', 429, true],
  ])('of %s is refused with %i, which may be tried again: %s', async (path, status, retryable) => {
    if (status !== 404) mirror.paths.set(path, (response) => response.writeHead(status).end());

    await expect(start(path)).rejects.toMatchObject({
      code: 'image_download',
      message: expect.stringContaining(`answers ${status}`),
      retryable,
    });
  });

  it('that breaks off may be tried again', async () => {
    const download = await start('/cut');

    await expect(read(download)).rejects.toMatchObject({ code: 'image_download', retryable: true });
  });

  it('that does not move any more ends, before its answer and after', async () => {
    mirror.paths.set('/silent', () => undefined);
    const idleMs = 300;

    await expect(start('/silent', { idleMs })).rejects.toMatchObject({
      message: expect.stringContaining('nothing came'),
      retryable: true,
    });
    await expect(start('/slow', { idleMs }).then(read)).rejects.toMatchObject({ retryable: true });
  });

  it('waits for a reader who takes longer than the mirror may', async () => {
    const large = Buffer.alloc(8 * 2 ** 20);
    mirror.paths.set('/large', (response) => response.end(large));
    const download = await start('/large', { idleMs: 300 });
    let size = 0;

    for await (const chunk of download.chunks()) {
      if (size === 0) await sleep(1_500);
      size += chunk.length;
    }
    await download.close();

    expect(size).toBe(large.length);
  });

  it('ends when the caller gives up', async () => {
    const controller = new AbortController();
    const download = await start('/slow', { signal: controller.signal });
    const reading = read(download);

    controller.abort(new Error('enough'));

    await expect(reading).rejects.toThrow('enough');
  });

  it('from where nothing listens may be tried again', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();

    const refused = start('', { url: `http://127.0.0.1:${port}/image` });

    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('ECONNREFUSED'), retryable: true });
  });

  describe('behind a proxy', () => {
    const proxied: string[] = [];
    const proxy = createServer(({ url = '' }, response) => {
      proxied.push(url);
      const { pathname } = new URL(url);
      request(`${mirror.url}${pathname}`, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }).end();
    });
    let environment: Record<string, string>;

    beforeAll(async () => {
      proxy.listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      environment = { HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    });
    afterAll(() => {
      proxy.close();
      proxy.closeAllConnections();
    });

    it('goes through it', async () => {
      const url = 'http://images.example/image';

      const download = await start('', { url, environment });

      expect(await read(download)).toEqual(content);
      expect(proxied).toEqual([url]);
    });

    it('names it when it is not there, without its password', async () => {
      const HTTP_PROXY = 'http://me:hunter2@127.0.0.1:9';

      const refused = start('', { url: 'http://images.example/image', environment: { HTTP_PROXY } });

      await expect(refused).rejects.toMatchObject({
        message: expect.stringMatching(/images\.example through the proxy 127\.0\.0\.1:9 failed \(ECONNREFUSED\)$/),
        retryable: true,
      });
    });

    it('is refused when the variable is no address, before anything is asked', async () => {
      const HTTP_PROXY = 'http://me:50%off@127.0.0.1:9';

      const refused = start('', { url: 'http://images.example/image', environment: { HTTP_PROXY } });

      await expect(refused).rejects.toMatchObject({ code: 'config', message: expect.stringContaining('HTTP_PROXY') });
    });

    it('goes past it to hosts that NO_PROXY names', async () => {
      proxied.length = 0;

      const download = await start('/image', { environment: { ...environment, no_proxy: '127.0.0.1' } });

      expect(await read(download)).toEqual(content);
      expect(proxied).toEqual([]);
    });
  });

  it.each([
    ['http://a.example/x', '/y', 'http://a.example/y'],
    ['http://a.example/x', 'https://b.example/y', 'https://b.example/y'],
    ['https://a.example/x', 'https://b.example/y', 'https://b.example/y'],
  ])('may be sent from %s on to %s', (from, location, target) => {
    expect(redirectTarget(new URL(from), location, new URL(from), subject).href).toBe(target);
  });

  it.each([
    ['https://a.example/x', 'http://a.example/y', 'from https to http'],
    ['http://a.example/x', 'file:///etc/passwd', 'from http to file'],
    ['http://a.example/x', undefined, 'to nowhere'],
  ])('may not be sent from %s on to %s', (from, location, reason) => {
    expect(() => redirectTarget(new URL(from), location, new URL(from), subject)).toThrow(reason);
  });
});
