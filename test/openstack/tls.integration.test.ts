import { once } from 'node:events';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CloudConfig } from '../../src/openstack/cloud-config.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { Secret } from '../../src/secret.ts';
import { Authority, type Certificate } from './certificates.ts';
import { ConnectProxy } from './connect-proxy.ts';
import { answer, StandIn } from './stand-in.ts';

const reading = { doing: 'Reading things', ok: [200] } as const;

let authority: Authority;
let stranger: Authority;
let certificate: Certificate;
const closings: (() => Promise<void>)[] = [];

beforeAll(() => {
  authority = new Authority('The authority');
  stranger = new Authority('Somebody else');
  certificate = authority.issue('localhost');
});
afterAll(() => {
  authority.close();
  stranger.close();
});
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

async function startCloud(tls: Parameters<typeof StandIn.start>[0] = certificate): Promise<StandIn> {
  const standIn = await StandIn.start(tls);
  closings.push(() => standIn.close());
  return standIn;
}

function connectTo(standIn: StandIn, more: Partial<CloudConfig>, env: Record<string, string> = {}): OpenStack {
  const openstack = standIn.connect(more, { env });
  closings.push(() => openstack.close());
  return openstack;
}

function identity({ cert, key }: Certificate): NonNullable<CloudConfig['clientCertificate']> {
  return { cert, key: new Secret(key) };
}

async function startProxy(verdict?: number): Promise<ConnectProxy> {
  const proxy = await ConnectProxy.start(verdict);
  closings.push(() => proxy.close());
  return proxy;
}

describe.each(['directly', 'through a proxy'])('TLS %s', (way) => {
  async function environment(): Promise<Record<string, string>> {
    return way === 'directly' ? {} : { HTTPS_PROXY: (await startProxy()).address };
  }

  it('is trusted when the authority is named', async () => {
    const openstack = connectTo(await startCloud(), { ca: authority.ca }, await environment());

    await expect(openstack.heat.get(['things'], reading)).resolves.toEqual({});
    await expect(openstack.heat.post(['things'], { ...reading, body: {} })).resolves.toEqual({});
  });

  it.each<[string, () => Partial<CloudConfig>]>([
    ['no authority', () => ({})],
    ['the wrong authority', () => ({ ca: stranger.ca })],
  ])('is not trusted with %s, and that is not tried again', async (_case, more) => {
    const standIn = await startCloud();

    const refused = connectTo(standIn, more(), await environment()).heat.get(['things'], reading);

    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/^Logging in to OpenStack: the certificate of localhost:\d+ is not trusted/),
      hint: expect.stringMatching(/cacert:/),
      retryable: false,
    });
    expect(standIn.logins).toBe(0);
  });

  it('takes any certificate with verify: false', async () => {
    const standIn = await startCloud(stranger.issue('elsewhere.example', { expired: true }));

    const openstack = connectTo(standIn, { verify: false }, await environment());

    await expect(openstack.heat.get(['things'], reading)).resolves.toEqual({});
  });

  it('is not trusted once the certificate has expired', async () => {
    const standIn = await startCloud(authority.issue('localhost', { expired: true }));

    const refused = connectTo(standIn, { ca: authority.ca }, await environment()).projectId();

    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/CERT_HAS_EXPIRED/),
      hint: expect.stringMatching(/renew it/),
      retryable: false,
    });
  });

  it('is not trusted under another name', async () => {
    const standIn = await startCloud(authority.issue('elsewhere.example'));

    const refused = connectTo(standIn, { ca: authority.ca }, await environment()).projectId();

    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/ERR_TLS_CERT_ALTNAME_INVALID/),
      hint: expect.stringMatching(/made out for another name than localhost/),
      retryable: false,
    });
  });

  it('shows a certificate to a cloud that wants one', async () => {
    const standIn = await startCloud({ ...certificate, ca: authority.ca, requestCert: true, rejectUnauthorized: true });
    const clientCertificate = identity(authority.issue('slipway'));

    const openstack = connectTo(standIn, { ca: authority.ca, clientCertificate }, await environment());

    await expect(openstack.heat.post(['things'], { ...reading, body: {} })).resolves.toEqual({});
  });

  it.each<[string, () => Partial<CloudConfig>]>([
    ['none', () => ({})],
    ['one of another authority', () => ({ clientCertificate: identity(stranger.issue('slipway')) })],
  ])('says what may be wanted when a cloud wants a certificate and gets %s', async (_case, more) => {
    const standIn = await startCloud({ ...certificate, ca: authority.ca, requestCert: true, rejectUnauthorized: true });

    const refused = connectTo(standIn, { ca: authority.ca, ...more() }, await environment()).projectId();

    await expect(refused).rejects.toMatchObject({
      hint: expect.stringMatching(/want.* a certificate .* cert: .* key: /),
    });
    expect(standIn.logins).toBe(0);
  });

  it('carries content in both directions', async () => {
    const standIn = await startCloud();
    const content = 'slipway '.repeat(40_000);
    standIn.respond = ({ method, body }, response) => {
      if (method === 'PUT') answer(response, 201, { received: body.length });
      else answer(response, 200, content);
    };
    const openstack = connectTo(standIn, { ca: authority.ca }, await environment());

    const stream = { open: () => Readable.from([content]), size: content.length, contentType: 'text/plain' };
    const sent = await openstack.swift.put(['c', 'o'], { doing: 'Sending', ok: [201], stream });
    const got = await openstack.swift.open(['c', 'o'], { doing: 'Fetching', ok: [200] });

    expect(sent).toEqual({ received: content.length });
    expect(await text(got.stream)).toBe(content);
  });
});

describe('a cloud that is written with https', () => {
  it('but speaks http is told apart from a bad certificate', async () => {
    const plain = await StandIn.start();
    closings.push(() => plain.close());

    const refused = connectTo(plain, { authUrl: `https://127.0.0.1:${plain.port}/identity/v3` }).projectId();

    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/does not speak TLS/),
      retryable: false,
    });
  });
});

describe('a proxy', () => {
  it('is told nothing but the host of what is asked over TLS', async () => {
    const standIn = await startCloud();
    const proxy = await startProxy();

    await connectTo(standIn, { ca: authority.ca }, { https_proxy: proxy.address }).heat.get(['things'], reading);

    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT localhost:${standIn.port}`]));
  });

  it('passes plain http on as it is, a POST included, each on a connection of its own', async () => {
    const standIn = await StandIn.start();
    closings.push(() => standIn.close());
    const proxy = await startProxy();
    const { heat } = connectTo(standIn, {}, { HTTP_PROXY: proxy.address });

    await heat.get(['things'], reading);
    await heat.post(['things'], { ...reading, body: { name: 'thing' } });
    await heat.post(['things'], { ...reading, body: { name: 'thing' } });

    expect(standIn.received.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST']);
    expect(proxy.asked).toContain(`POST ${standIn.address}/v1/p1/things`);
    expect(proxy.socketsOf('POST')).toBe(proxy.asked.filter((line) => line.startsWith('POST')).length);
  });

  it('gets the name and the password that are in its address', async () => {
    const standIn = await startCloud();
    const proxy = await startProxy();
    const address = proxy.address.replace('//', '//me:p%40ss@');

    await connectTo(standIn, { ca: authority.ca }, { HTTPS_PROXY: address }).projectId();

    expect(proxy.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  it('is passed by for what NO_PROXY names', async () => {
    const standIn = await startCloud();
    const proxy = await startProxy();
    const env = { HTTPS_PROXY: proxy.address, NO_PROXY: 'example.org, localhost' };

    await connectTo(standIn, { ca: authority.ca }, env).heat.get(['things'], reading);

    expect(proxy.asked).toEqual([]);
  });

  it('that refuses is named in the error, without its password', async () => {
    const standIn = await startCloud();
    const proxy = await startProxy(403);
    const env = { HTTPS_PROXY: proxy.address.replace('//', '//me:hunter2@') };

    const refused = connectTo(standIn, { ca: authority.ca }, env).projectId();

    await expect(refused).rejects.toMatchObject({
      message: `Logging in to OpenStack: the proxy ${new URL(proxy.address).host} does not connect to localhost:${standIn.port} (403)`,
      hint: expect.stringMatching(/NO_PROXY/),
      retryable: false,
    });
    expect(proxy.asked).toHaveLength(1);
    await expect(refused).rejects.not.toThrow(/hunter2/);
  });

  it('that is not there is named in the error, not the cloud', async () => {
    const standIn = await startCloud();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await new Promise((resolve) => server.close(resolve));

    const refused = connectTo(standIn, { ca: authority.ca }, { HTTPS_PROXY: `http://127.0.0.1:${port}` }).projectId();

    await expect(refused).rejects.toMatchObject({
      message: `Logging in to OpenStack: the proxy 127.0.0.1:${port} cannot be reached (ECONNREFUSED)`,
      retryable: true,
    });
  });
});
