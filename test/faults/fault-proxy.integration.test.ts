import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultKind } from '../support/fault-kinds.ts';
import { FaultProxy } from '../support/fault-proxy.ts';

const content = randomBytes(300_000);
const putImage = { method: 'PUT', service: 'image', path: /^\/v2\/images\/\w+\/file$/ };

describe('the fault proxy', () => {
  /** What arrived at the cloud: method, path and content, and whether the content was whole. */
  let arrived: { what: string; bytes: number; whole: boolean }[];
  let cloud: Server;
  let proxy: FaultProxy;
  let image: string;

  beforeEach(async () => {
    arrived = [];
    cloud = createServer((incoming, response) => {
      void buffer(incoming)
        .catch(() => undefined)
        .then((body) => {
          arrived.push({
            what: `${incoming.method} ${incoming.url}`,
            bytes: body?.length ?? 0,
            whole: body !== undefined,
          });
          answer(incoming.url ?? '', incoming.method ?? '', response);
        });
    }).listen(0, '127.0.0.1');
    await once(cloud, 'listening');
    proxy = await FaultProxy.start(`${address(cloud)}/identity/v3`);
    const login = await request(`${await proxy.authUrl()}/auth/tokens`, { method: 'POST', body: '{}' });
    const { token } = (await login.body.json()) as { token: { catalog: [{ endpoints: [{ url: string }] }] } };
    image = token.catalog[0].endpoints[0].url;
  });
  afterEach(async () => {
    await proxy.close();
    cloud.closeAllConnections();
    cloud.close();
  });

  function answer(path: string, method: string, response: ServerResponse): void {
    if (path === '/identity/v3/auth/tokens') {
      const endpoints = [{ interface: 'public', url: `${address(cloud)}/image` }];
      response.writeHead(201, { 'x-subject-token': 't' });
      response.end(JSON.stringify({ token: { catalog: [{ type: 'image', endpoints }] } }));
      return;
    }
    response.writeHead(method === 'PUT' ? 204 : 200, { 'x-openstack-request-id': 'req-1' });
    response.end(method === 'PUT' ? undefined : content);
  }

  function address(server: Server): string {
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Status, or the code of what broke. */
  async function outcome(asked: ReturnType<typeof request>): Promise<number | string> {
    try {
      const { statusCode, body } = await asked;
      await body.arrayBuffer();
      return statusCode;
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
  }

  const upload = (signal?: AbortSignal) =>
    outcome(request(`${image}/v2/images/a1/file`, { method: 'PUT', body: content, ...(signal && { signal }) }));
  const download = () => outcome(request(`${image}/v2/images`));
  const uploads = () => arrived.filter(({ what }) => what.startsWith('PUT'));

  it('leads every call of the catalog through itself, on the same path, and changes nothing else', async () => {
    const { headers, body } = await request(`${image}/v2/images/a1?limit=2`);
    const received = Buffer.from(await body.arrayBuffer());

    expect(image).not.toContain(address(cloud));
    expect(new URL(image).pathname).toBe('/image');
    expect(arrived.at(-1)?.what).toBe('GET /image/v2/images/a1?limit=2');
    expect(headers['x-openstack-request-id']).toBe('req-1');
    expect(received.equals(content)).toBe(true);
  });

  it('records every call by method, service and path', async () => {
    await upload();

    expect(proxy.calls).toEqual([
      { method: 'POST', service: 'identity', path: '/auth/tokens', hasBody: true },
      { method: 'PUT', service: 'image', path: '/v2/images/a1/file', hasBody: true },
    ]);
  });

  it('lets signed URLs by: who fetches by one is no client of the cloud', async () => {
    const fault = proxy.inject('503', { method: 'GET', service: 'image', path: /./ });

    const status = await outcome(request(`${image}/object?temp_url_sig=abc`));

    expect(status).toBe(200);
    expect(fault.struck).toBe(false);
    expect(proxy.calls).toHaveLength(1);
  });

  it('strikes the nth call that fits, and that one only', async () => {
    const fault = proxy.inject('503', { method: 'GET', service: 'image', path: /images$/, occurrence: 2 });

    const statuses = [await download(), await download(), await download()];

    expect(statuses).toEqual([200, 503, 200]);
    expect(fault.struck).toBe(true);
    expect(proxy.calls.map((call) => call.fault)).toEqual([undefined, undefined, '503', undefined]);
  });

  it.each<[FaultKind, number]>([
    ['401', 401],
    ['429', 429],
    ['500', 500],
    ['503', 503],
  ])('answers %s in place of the cloud, which hears nothing', async (kind, status) => {
    proxy.inject(kind, putImage);

    expect(await upload()).toBe(status);
    expect(uploads()).toEqual([]);
  });

  it('says with 429 when to come again', async () => {
    proxy.inject('429', putImage);

    const { headers, body } = await request(`${image}/v2/images/a1/file`, { method: 'PUT', body: content });
    await body.dump();

    expect(headers['retry-after']).toBe('1');
  });

  it('breaks the connection before the cloud has seen anything', async () => {
    proxy.inject('reset', putImage);

    expect(await upload()).toMatch(/ECONNRESET|UND_ERR_SOCKET|EPIPE/);
    expect(uploads()).toEqual([]);
  });

  it('breaks the connection in the middle of an upload, of which the cloud sees the beginning', async () => {
    proxy.inject('reset in the body', putImage);

    expect(await upload()).toMatch(/ECONNRESET|UND_ERR_SOCKET|EPIPE/);
    await proxy.settled();
    await expect.poll(uploads).toEqual([{ what: 'PUT /image/v2/images/a1/file', bytes: 0, whole: false }]);
  });

  it('loses the answer after the effect', async () => {
    proxy.inject('lost answer', putImage);

    expect(await upload()).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect(uploads()).toEqual([{ what: 'PUT /image/v2/images/a1/file', bytes: content.length, whole: true }]);
  });

  it.each([
    ['in its content', () => download(), { method: 'GET', service: 'image', path: /images$/ }],
    ['in its head where it has no content', () => upload(), putImage],
  ])('cuts an answer short %s', async (_where, ask, match) => {
    const fault = proxy.inject('truncated', match);

    expect(await ask()).toMatch(/ECONNRESET|UND_ERR|HPE/);
    expect(fault.struck).toBe(true);
  });

  it('holds an answer back for a while', async () => {
    proxy.inject('slow', putImage);

    expect(await upload()).toBe(204);
    expect(uploads()).toHaveLength(1);
  });

  it('holds an answer back until the caller gives up', async () => {
    proxy.inject('late answer', putImage);
    const impatience = new AbortController();

    const uploading = upload(impatience.signal);
    await expect.poll(uploads).toHaveLength(1);
    impatience.abort();

    expect(await uploading).not.toBe(204);
  });

  it('lets a request arrive after its caller has given up', async () => {
    proxy.inject('late request', putImage);
    const impatience = new AbortController();

    const uploading = upload(impatience.signal);
    await sleep(50);
    const before = uploads();
    impatience.abort();
    await uploading;
    await proxy.settled();

    expect(before).toEqual([]);
    expect(uploads()).toEqual([{ what: 'PUT /image/v2/images/a1/file', bytes: content.length, whole: true }]);
  });
});
