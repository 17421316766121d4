import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenStackError } from '../../src/errors.ts';
import type { Credentials } from '../../src/openstack/cloud-config.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { Secret } from '../../src/secret.ts';
import { answer, StandIn } from './stand-in.ts';

const reading = { doing: 'Reading things', ok: [200] } as const;
const making = { doing: 'Making a thing', ok: [201], body: { name: 'thing' } } as const;

let standIn: StandIn;
let openstack: OpenStack;

beforeEach(async () => {
  standIn = await StandIn.start();
  openstack = standIn.connect();
});
afterEach(async () => {
  await openstack.close();
  await standIn.close();
});

describe('a service that asks for patience', () => {
  it('is said to do so, and for how long, when that is too long', async () => {
    standIn.respond = (_request, response) => answer(response, 429, 'Slow down', { 'retry-after': '600' });

    const refused = openstack.nova.get(['things'], reading);

    await expect(refused).rejects.toMatchObject({
      message: 'Reading things: Slow down (Nova, 429, which asks to wait 600 s)',
      hint: expect.stringMatching(/limits how much is asked/),
    });
    expect(standIn.received).toHaveLength(1);
  });

  it('is not asked again once the caller gives up while waiting', async () => {
    const controller = new AbortController();
    standIn.respond = (_request, response) => {
      answer(response, 503, {}, { 'retry-after': '2' });
      setTimeout(() => controller.abort(new Error('somebody pressed Cancel')), 20);
    };
    const begun = performance.now();

    const given = openstack.heat.get(['things'], { ...reading, signal: controller.signal });

    await expect(given).rejects.toThrow('somebody pressed Cancel');
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(standIn.received).toHaveLength(1);
  });

  it('gets no more calls once all together took too long', async () => {
    const hurried = standIn.connect({}, { retry: { attempts: 9, firstWaitMs: 5, longestWaitMs: 5, overallMs: 100 } });
    standIn.respond = async (_request, response) => {
      await sleep(60);
      answer(response, 503, {});
    };

    await expect(hurried.heat.get(['things'], reading)).rejects.toMatchObject({ status: 503 });

    expect(standIn.received).toHaveLength(2);
    await hurried.close();
  });
});

describe('the request id', () => {
  it('is ours on the way there, in one form and the same for each attempt, and the service’s in the error', async () => {
    standIn.respond = (_request, response) => answer(response, 503, {}, { 'x-compute-request-id': 'req-nova' });

    const error = (await openstack.nova.get(['things'], reading).catch((caught: unknown) => caught)) as OpenStackError;

    const sent = standIn.received.map(({ headers }) => headers['x-openstack-request-id']);
    expect(sent).toEqual([sent[0], sent[0], sent[0]]);
    expect(sent[0]).toMatch(/^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(error.requestId).toBe('req-nova');
    expect(error.detail).toMatchObject({ globalRequestId: sent[0] });
  });

  it('is ours in an error without an answer', async () => {
    standIn.respond = (_request, _response, raw) => {
      raw.socket.destroy();
    };

    const lost = openstack.heat.post(['things'], making);

    await expect(lost).rejects.toMatchObject({ requestId: expect.stringMatching(/^req-/) });
    expect(standIn.received[0]?.headers['x-openstack-request-id']).toBe(
      await lost.catch((error: OpenStackError) => error.requestId),
    );
  });

  it('is ours in an error about a deadline', async () => {
    standIn.respond = () => {};

    const late = openstack.heat.post(['things'], { ...making, deadlineMs: 50 });

    await expect(late).rejects.toMatchObject({
      message: 'Making a thing: no answer from Heat within 0.05 s',
      requestId: expect.stringMatching(/^req-/),
    });
  });
});

describe('the log', () => {
  it('has one line for each request, with its id and without what is secret', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({ level: 'debug' }, { write: (line) => lines.push(JSON.parse(line)) });
    const watched = standIn.connect({}, { log });
    standIn.respond = (_request, response) =>
      standIn.received.length === 1
        ? answer(response, 500, {}, { 'x-trans-id': 'tx-1' })
        : answer(response, 200, {}, { 'x-trans-id': 'tx-2' });

    await watched.swift.get(['c', 'o'], { ...reading, query: { temp_url_sig: 'd34db33f' } });

    expect(lines.filter(({ service }) => service === 'Swift')).toMatchObject([
      { method: 'GET', path: '/c/o', status: 500, requestId: 'tx-1', repeatInMs: expect.any(Number), level: 20 },
      { method: 'GET', path: '/c/o', status: 200, requestId: 'tx-2', attempt: 2, ms: expect.any(Number) },
    ]);
    expect(lines.filter(({ service }) => service === 'Keystone')).toMatchObject([{ method: 'POST', status: 201 }]);
    expect(JSON.stringify(lines)).not.toMatch(/d34db33f|hunter2|token-1/);
    await watched.close();
  });
});

describe('a redirect', () => {
  it.each([301, 302, 307, 308])(
    'with %i is followed on the own address, with the same method and content',
    async (status) => {
      standIn.respond = ({ url }, response) =>
        url.endsWith('/stacks/demo')
          ? answer(response, status, '', { location: 'http://inside.example:8004/v1/p1/stacks/demo/id%201?with=that' })
          : answer(response, 201, { done: true });

      await expect(openstack.heat.put(['stacks', 'demo'], making)).resolves.toEqual({ done: true });

      expect(standIn.received.map(({ method, url, body }) => [method, url, body])).toEqual([
        ['PUT', '/v1/p1/stacks/demo', '{"name":"thing"}'],
        ['PUT', '/v1/p1/stacks/demo/id%201?with=that', '{"name":"thing"}'],
      ]);
    },
  );

  it('to a place outside of the service is not followed: the token stays here', async () => {
    standIn.respond = (_request, response) => answer(response, 302, '', { location: 'http://evil.example/steal' });

    const refused = openstack.heat.get(['stacks', 'demo'], reading);

    await expect(refused).rejects.toMatchObject({
      status: 302,
      message: expect.stringMatching(/Heat says that it is elsewhere, outside of its own address/),
      retryable: false,
    });
    expect(standIn.received).toHaveLength(1);
  });

  it('in a circle ends', async () => {
    standIn.respond = ({ url }, response) => answer(response, 302, '', { location: url });

    await expect(openstack.heat.get(['stacks', 'demo'], reading)).rejects.toMatchObject({ status: 302 });

    expect(standIn.received).toHaveLength(4);
  });
});

describe('a name in a path', () => {
  it('reaches the service as it is, whatever is in it', async () => {
    await openstack.swift.get(['c', 'a b/ü?%2F#.'], reading);

    expect(decodeURIComponent(standIn.received[0]?.url ?? '')).toBe('/v1/p1/c/a b/ü?%2F#.');
  });

  it.each(['.', '..'])('cannot be %s, which would lead elsewhere', async (name) => {
    await expect(openstack.swift.delete(['c', name], reading)).rejects.toThrow(
      `Nothing in OpenStack can be called "${name}"`,
    );

    expect(standIn.received).toEqual([]);
  });
});

describe('content that is sent', () => {
  const size = 8_000_000;
  const content = Buffer.alloc(size, 'slipway ');
  const md5 = createHash('md5').update(content).digest('hex');

  function upload(open: () => Readable, deadlineMs = 5000): Promise<{ md5: string }> {
    return openstack.swift.put(['c', 'o'], {
      doing: 'Sending the object',
      ok: [201],
      stream: { open, size, contentType: 'application/octet-stream' },
      deadlineMs,
    });
  }

  async function receive(raw: Readable): Promise<string> {
    const hash = createHash('md5');
    for await (const chunk of raw) hash.update(chunk as Buffer);
    return hash.digest('hex');
  }

  it.each([
    ['arrives', 'HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'],
    ['is lost with it', ''],
  ])(
    'begins anew with a new token when the service cuts the connection early and its 401 %s',
    async (_case, refusal) => {
      let opened = 0;
      standIn.deaf = true;
      standIn.respond = async ({ token }, response, raw) => {
        if (token !== 'token-1') {
          answer(response, 201, { md5: await receive(raw) });
          return;
        }
        await once(raw, 'readable');
        raw.socket.write(refusal);
        raw.socket.resetAndDestroy();
      };

      const done = upload(() => {
        opened += 1;
        return Readable.from(pieces());
      });

      await expect(done).resolves.toEqual({ md5 });
      expect(opened).toBe(2);
      expect(standIn.logins).toBe(2);
    },
  );

  it('begins anew when the connection breaks in the middle, and does not blame the source', async () => {
    let opened = 0;
    standIn.deaf = true;
    standIn.respond = async (_request, response, raw) => {
      if (standIn.received.length > 1) {
        answer(response, 201, { md5: await receive(raw) });
        return;
      }
      await once(raw, 'readable');
      raw.socket.resetAndDestroy();
    };

    const done = upload(() => {
      opened += 1;
      const left = pieces();
      return new Readable({
        read() {
          this.push(left.shift() ?? null);
        },
      });
    });

    await expect(done).resolves.toEqual({ md5 });
    expect(opened).toBe(2);
  });

  it('may take longer than the deadline as long as something moves', async () => {
    standIn.deaf = true;
    standIn.respond = async (_request, response, raw) => answer(response, 201, { md5: await receive(raw) });

    const done = upload(
      () =>
        Readable.from(
          (async function* () {
            for (const piece of pieces()) {
              await sleep(40);
              yield piece;
            }
          })(),
        ),
      150,
    );

    await expect(done).resolves.toEqual({ md5 });
  });

  it('ends when the service takes nothing more', async () => {
    standIn.deaf = true;
    standIn.respond = (_request, _response, raw) => {
      raw.pause();
    };

    const stuck = upload(() => Readable.from(pieces()), 150);

    await expect(stuck).rejects.toMatchObject({
      message: 'Sending the object: Swift took nothing more within 0.15 s',
      retryable: true,
    });
  });

  it('ends when the source gives nothing more', async () => {
    standIn.respond = (_request, response) => answer(response, 201, {});

    const stuck = upload(() => new Readable({ read: () => {} }), 100);

    await expect(stuck).rejects.toMatchObject({
      message: 'Sending the object: the content to send to Swift stood still for 0.1 s',
    });
  });

  function pieces(): Buffer[] {
    return Array.from({ length: 8 }, (_piece, index) => content.subarray(index * 1_000_000, (index + 1) * 1_000_000));
  }
});

describe('content that comes', () => {
  const fetching = { doing: 'Fetching the object', ok: [200] } as const;

  it('ends in words when nothing more comes', async () => {
    standIn.respond = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('the beginning');
    };
    const { stream } = await openstack.swift.open(['c', 'o'], { ...fetching, deadlineMs: 100 });

    await expect(text(stream)).rejects.toMatchObject({
      code: 'openstack',
      message: expect.stringMatching(/^Fetching the object: Swift at .* stopped answering/),
      requestId: expect.stringMatching(/^req-/),
    });
  });

  it('ends in words when the connection breaks', async () => {
    standIn.respond = (_request, response, raw) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('the beginning', () => raw.socket.destroy());
    };
    const { stream } = await openstack.swift.open(['c', 'o'], fetching);

    await expect(text(stream)).rejects.toThrow(/^Fetching the object: the connection to Swift at .* was lost/);
  });

  it('ends with the reason of a caller who gives up', async () => {
    const controller = new AbortController();
    standIn.respond = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('the beginning');
    };
    const { stream } = await openstack.swift.open(['c', 'o'], { ...fetching, signal: controller.signal });
    const received = text(stream);

    controller.abort(new Error('somebody pressed Cancel'));

    await expect(received).rejects.toThrow('somebody pressed Cancel');
  });
});

describe('the login', () => {
  it('happens once more, and once only, when the token dies under twenty calls', async () => {
    await openstack.projectId();
    standIn.beforeToken = () => sleep(30);
    standIn.respond = async ({ token }, response) => {
      await sleep(Math.random() * 40); // late refusals of the old token come when the new one is there already
      answer(response, token === 'token-1' ? 401 : 200, { token });
    };

    const tokens = await Promise.all(
      Array.from({ length: 20 }, () => openstack.heat.get<{ token: string }>(['things'], reading)),
    );

    expect(standIn.logins).toBe(2);
    expect(new Set(tokens.map(({ token }) => token))).toEqual(new Set(['token-2']));
  });

  it('is not begun for a caller who has given up already', async () => {
    const given = openstack.heat.get(['things'], { ...reading, signal: AbortSignal.abort(new Error('too late')) });

    await expect(given).rejects.toThrow('too late');
    expect(standIn.logins).toBe(0);
  });

  it.each<[string, Credentials, object]>([
    [
      'a password',
      { kind: 'password', user: { name: 'u', domain: { name: 'D' } }, password: new Secret('s'), project: { id: 'p' } },
      {
        identity: { methods: ['password'], password: { user: { name: 'u', domain: { name: 'D' }, password: 's' } } },
        scope: { project: { id: 'p' } },
      },
    ],
    [
      'an application credential, for which no project may be named',
      { kind: 'application-credential', credential: { id: 'c' }, secret: new Secret('s') },
      { identity: { methods: ['application_credential'], application_credential: { id: 'c', secret: 's' } } },
    ],
    [
      'a token',
      { kind: 'token', token: new Secret('t'), project: { name: 'w', domain: { id: 'd' } } },
      {
        identity: { methods: ['token'], token: { id: 't' } },
        scope: { project: { name: 'w', domain: { id: 'd' } } },
      },
    ],
  ])('is asked for with %s', async (_case, credentials, expected) => {
    const other = standIn.connect({ credentials });

    await other.projectId();

    expect(standIn.lastLogin).toEqual({ auth: expected });
    await other.close();
  });

  it('with a token that has ended meanwhile says that it cannot be renewed', async () => {
    const token = standIn.connect({ credentials: { kind: 'token', token: new Secret('t'), project: { id: 'p1' } } });
    standIn.lifetimeMs = 100;
    await token.projectId();
    await sleep(110);
    standIn.refuseLogins = 404;

    const dead = token.heat.get(['things'], reading);

    await expect(dead).rejects.toMatchObject({
      message: expect.stringMatching(
        /^Logging in to OpenStack: the token of the cloud stand-in has ended or was never good/,
      ),
      hint: expect.stringMatching(/A token cannot be renewed\. Get another one/),
      retryable: false,
    });
    await token.close();
  });
});

describe('Heat’s unexplained 500', () => {
  const creating = { doing: 'Creating the Heat stack demo', ok: [201], body: {} } as const;
  const credentials: Credentials = {
    kind: 'application-credential',
    credential: { id: 'c1' },
    secret: new Secret('s'),
  };
  const said = "Using method 'application_credential' is not allowed for managing trusts.";

  it('becomes what Keystone thinks of trusts, for an application credential', async () => {
    const delegated = standIn.connect({ credentials, endpointOverrides: { identity: `${standIn.address}/v3` } });
    standIn.respond = ({ url }, response) =>
      url.startsWith('/v3/OS-TRUST/trusts')
        ? answer(response, 403, { error: { message: said } })
        : answer(response, 500, { error: { type: 'RemoteError' } }, { 'x-openstack-request-id': 'req-heat' });

    const refused = delegated.heat.post(['stacks'], creating);

    await expect(refused).rejects.toMatchObject({
      message: `Creating the Heat stack demo: Heat needs a trust, and Keystone refuses it to these credentials: ${said}`,
      hint: expect.stringMatching(/user name and a password .* allow_insecure_application_credential_trust_escalation/),
      requestId: 'req-heat',
      retryable: false,
    });
    await delegated.close();
  });

  it('stays what it is when Keystone allows trusts, and for a password', async () => {
    const delegated = standIn.connect({ credentials, endpointOverrides: { identity: `${standIn.address}/v3` } });
    standIn.respond = ({ url }, response) => answer(response, url.startsWith('/v3/OS-TRUST') ? 200 : 500, {});

    for (const one of [delegated, openstack]) {
      await expect(one.heat.post(['stacks'], creating)).rejects.toMatchObject({ status: 500, retryable: true });
    }

    expect(standIn.received.filter(({ url }) => url.includes('OS-TRUST'))).toHaveLength(1);
    await delegated.close();
  });
});

describe('a Nova that is too old', () => {
  it('is told with the versions that it has', async () => {
    const message = 'Version 2.53 is not supported by the API. Minimum is 2.1 and maximum is 2.38.';
    standIn.respond = (_request, response) => answer(response, 406, { computeFault: { code: 406, message } });

    const refused = openstack.nova.get(['flavors'], { doing: 'Listing the flavors', ok: [200] });

    await expect(refused).rejects.toMatchObject({
      message: `Listing the flavors: ${message} (Nova, 406)`,
      hint: expect.stringMatching(/OpenStack Pike \(2017\) or newer/),
      retryable: false,
    });
  });
});

describe('a cloud', () => {
  it('offers what its catalog has', async () => {
    expect(await openstack.offers('heat')).toBe(true);
    expect(await openstack.offers('cinder')).toBe(false);
  });

  it('offers what an override names', async () => {
    const overridden = standIn.connect({ endpointOverrides: { cinder: 'http://127.0.0.1:1' } });

    expect(await overridden.offers('cinder')).toBe(true);
    await overridden.close();
  });

  it('does not hide behind "no such service" that nobody can log in', async () => {
    standIn.refuseLogins = 401;

    await expect(openstack.offers('heat')).rejects.toMatchObject({ status: 401 });
  });

  it('may keep its objects in another cloud, with a login of its own', async () => {
    const store = await StandIn.start();
    const swift = { ...store.connect().cloud, name: 'store' };
    const both = standIn.connect({ endpointOverrides: { 'object-store': 'http://127.0.0.1:1' } }, { swift });

    await both.swift.get(['c'], reading);
    await both.heat.get(['things'], reading);

    expect(store.received.map(({ url, token }) => [url, token])).toEqual([['/v1/p1/c', 'token-1']]);
    expect(standIn.received.map(({ url }) => url)).toEqual(['/v1/p1/things']);
    expect([store.logins, standIn.logins]).toEqual([1, 1]);
    expect([await both.offers('swift'), await both.offers('heat')]).toEqual([true, true]);
    await both.close();
    await store.close();
  });
});
