import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { putObject } from '../../src/openstack/swift/objects.ts';
import { answer, StandIn } from './stand-in.ts';

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

const reading = { doing: 'Reading things', ok: [200] } as const;

describe('the token', () => {
  it('is asked for once, however many calls begin together', async () => {
    await Promise.all(Array.from({ length: 10 }, () => openstack.heat.get(['things'], reading)));

    expect(standIn.logins).toBe(1);
    expect(new Set(standIn.received.map(({ token }) => token))).toEqual(new Set(['token-1']));
  });

  it('is replaced once when it dies under ten calls, and all of them go on', async () => {
    await openstack.projectId();
    standIn.respond = ({ token }, response) => answer(response, token === 'token-1' ? 401 : 200, { token });

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => openstack.heat.get<{ token: string }>(['things'], reading)),
    );

    expect(standIn.logins).toBe(2);
    expect(answers).toEqual(Array.from({ length: 10 }, () => ({ token: 'token-2' })));
  });

  it('is replaced for a POST too, since a call without a good token was turned away at the door', async () => {
    standIn.respond = ({ token }, response) => answer(response, token === 'token-1' ? 401 : 201, {});

    await openstack.heat.post(['things'], { doing: 'Making a thing', ok: [201], body: { name: 'thing' } });

    expect(standIn.received.map(({ token, body }) => [token, body])).toEqual([
      ['token-1', '{"name":"thing"}'],
      ['token-2', '{"name":"thing"}'],
    ]);
  });

  it('is replaced only once for a call that is refused again', async () => {
    standIn.respond = (_request, response) => answer(response, 401, { error: { message: 'No.' } });

    const refused = openstack.heat.get(['things'], reading);

    await expect(refused).rejects.toMatchObject({ status: 401, message: 'Reading things: No. (Heat, 401)' });
    expect(standIn.logins).toBe(2);
  });

  it('is renewed before it ends', async () => {
    standIn.lifetimeMs = 200;
    await openstack.heat.get(['things'], reading);

    await sleep(180);
    await openstack.heat.get(['things'], reading);

    expect(standIn.received.map(({ token }) => token)).toEqual(['token-1', 'token-2']);
  });

  it('does not wait for a caller who gave up, and is there for the others', async () => {
    let proceed = (): void => {};
    standIn.beforeToken = () =>
      new Promise((resolve) => {
        proceed = resolve;
      });
    const impatient = new AbortController();
    const first = openstack.heat.get(['things'], { ...reading, signal: impatient.signal });
    const second = openstack.heat.get(['things'], reading);
    await expect.poll(() => standIn.logins).toBe(1);

    impatient.abort(new Error('cancelled'));
    await expect(first).rejects.toThrow('cancelled');
    proceed();

    await expect(second).resolves.toEqual({});
    expect(standIn.logins).toBe(1);
  });

  it('shows neither itself nor the password in an error', async () => {
    standIn.respond = (_request, response) => answer(response, 500, { error: { message: 'Broken.' } });

    const error = await openstack.heat.get(['things'], reading).catch((caught: unknown) => caught);

    expect(inspect(error, { depth: 10 })).toContain('Broken.');
    expect(inspect(error, { depth: 10 })).not.toMatch(/hunter2|token-1/);
  });
});

describe('a call that may be repeated', () => {
  it.each([408, 429, 500, 502, 503, 504])('is repeated after a %i', async (status) => {
    standIn.respond = (_request, response) =>
      answer(response, standIn.received.length < 3 ? status : 200, { ok: true });

    await expect(openstack.heat.get(['things'], reading)).resolves.toEqual({ ok: true });

    expect(standIn.received).toHaveLength(3);
  });

  it('is repeated when the connection breaks', async () => {
    standIn.respond = (_request, response, raw) => {
      if (standIn.received.length < 3) raw.socket.destroy();
      else answer(response, 200, { ok: true });
    };

    await expect(openstack.heat.get(['things'], reading)).resolves.toEqual({ ok: true });
  });

  it('waits as long as the service asks for', async () => {
    standIn.respond = (_request, response) =>
      standIn.received.length === 1 ? answer(response, 429, {}, { 'retry-after': '1' }) : answer(response, 200, {});
    const begun = performance.now();

    await openstack.heat.get(['things'], reading);

    expect(performance.now() - begun).toBeGreaterThan(990);
  });

  it('is not repeated when the service asks for more patience than there is', async () => {
    standIn.respond = (_request, response) => answer(response, 429, 'Slow down', { 'retry-after': '600' });

    const refused = openstack.heat.get(['things'], reading);

    await expect(refused).rejects.toMatchObject({ status: 429, retryable: true });
    expect(standIn.received).toHaveLength(1);
  });

  it('ends with the last answer when it does not get better', async () => {
    standIn.respond = (_request, response) =>
      answer(response, 503, '<html><h1>Service Unavailable</h1></html>', { 'x-openstack-request-id': 'req-1' });

    const failed = openstack.heat.get(['things'], reading);

    await expect(failed).rejects.toMatchObject({
      message: 'Reading things: Service Unavailable (Heat, 503)',
      status: 503,
      requestId: 'req-1',
      method: 'GET',
      path: '/things',
      retryable: true,
    });
    expect(standIn.received).toHaveLength(3);
  });

  it.each([400, 403, 404, 409, 501])('is not repeated after a %i', async (status) => {
    standIn.respond = (_request, response) => answer(response, status, {});

    await expect(openstack.heat.get(['things'], reading)).rejects.toMatchObject({ status });

    expect(standIn.received).toHaveLength(1);
  });
});

describe('a POST', () => {
  const making = { doing: 'Making a thing', ok: [201], body: { name: 'thing' } } as const;

  it('is never sent twice when its answer is lost', async () => {
    standIn.respond = (_request, _response, raw) => {
      raw.socket.destroy();
    };

    const lost = openstack.heat.post(['things'], making);

    await expect(lost).rejects.toMatchObject({ code: 'openstack', status: undefined, retryable: true });
    await expect(lost).rejects.toThrow(/^Making a thing: the connection to Heat at 127\.0\.0\.1:\d+ was lost/);
    expect(standIn.received).toHaveLength(1);
  });

  it.each([429, 500, 503])('is not repeated after a %i', async (status) => {
    standIn.respond = (_request, response) => answer(response, status, {});

    await expect(openstack.heat.post(['things'], making)).rejects.toMatchObject({ status });

    expect(standIn.received).toHaveLength(1);
  });

  it('does not travel on a connection that an earlier call left open', async () => {
    const methodsBySocket = new Map<unknown, string[]>();
    standIn.respond = ({ method }, response, raw) => {
      methodsBySocket.set(raw.socket, [...(methodsBySocket.get(raw.socket) ?? []), method]);
      answer(response, method === 'POST' ? 201 : 200, {});
    };

    for (let round = 0; round < 5; round += 1) {
      await openstack.heat.get(['things'], reading);
      await openstack.heat.post(['things'], making);
    }

    const withPost = [...methodsBySocket.values()].filter((methods) => methods.includes('POST'));
    expect(withPost).toEqual(Array.from({ length: 5 }, () => ['POST']));
    expect(methodsBySocket.size - withPost.length).toBeLessThan(5); // reading does use connections again
  });
});

describe('patience', () => {
  it('ends at the deadline, also while the answer trickles in', async () => {
    standIn.respond = (_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    };

    const late = openstack.heat.get(['things'], { ...reading, deadlineMs: 150, repeatable: false });

    await expect(late).rejects.toMatchObject({ retryable: true, status: undefined });
    await expect(late).rejects.toThrow('Reading things: no answer from Heat within 0.15 s');
  });

  it('ends when the caller gives up, with the reason that was given', async () => {
    const controller = new AbortController();
    const reason = new Error('somebody pressed Cancel');
    standIn.respond = () => controller.abort(reason);

    const given = openstack.heat.get(['things'], { ...reading, signal: controller.signal });

    await expect(given).rejects.toBe(reason);
    expect(standIn.received).toHaveLength(1);
  });

  it('is not tried when nobody listens', async () => {
    const nowhere = standIn.connect({ endpointOverrides: { orchestration: 'http://127.0.0.1:1/v1/p1' } });

    const refused = nowhere.heat.get(['things'], reading);

    await expect(refused).rejects.toThrow('Reading things: nothing answers at 127.0.0.1:1, the address of Heat');
    await nowhere.close();
  });
});

describe('content that is sent as a stream', () => {
  const content = Buffer.alloc(500_000, 'slipway ');
  const etag = '0f8bf6a2ab0a2a0ad6ab2c0e7f3a8d51';

  function upload(more: { md5?: string } = {}): { opened: () => number; done: Promise<{ etag: string }> } {
    let opened = 0;
    const open = () => {
      opened += 1;
      return Readable.from([content.subarray(0, 100_000), content.subarray(100_000)]);
    };
    const done = putObject(openstack.swift, {
      container: 'c',
      object: 'o',
      content: open,
      size: content.length,
      ...more,
    });
    return { opened: () => opened, done };
  }

  it('starts again from the beginning after a lost connection, and with a new token: the old one may have been why', async () => {
    standIn.respond = ({ body }, response, raw) => {
      if (standIn.received.length === 1) raw.socket.destroy();
      else answer(response, 201, '', { etag: createHash('md5').update(body).digest('hex') });
    };

    const { opened, done } = upload();

    await expect(done).resolves.toEqual({ etag: createHash('md5').update(content).digest('hex') });
    expect(opened()).toBe(2);
    expect(standIn.received.map(({ body, token }) => [body.length, token])).toEqual([
      [500_000, 'token-1'],
      [500_000, 'token-2'],
    ]);
  });

  it('starts again from the beginning after a dead token', async () => {
    standIn.respond = ({ body, token }, response) => {
      if (token === 'token-1') answer(response, 401, {});
      else answer(response, 201, '', { etag: createHash('md5').update(body).digest('hex') });
    };

    const { opened, done } = upload();

    await expect(done).resolves.toEqual({ etag: createHash('md5').update(content).digest('hex') });
    expect(opened()).toBe(2);
    expect(standIn.received.map(({ body }) => body.length)).toEqual([500_000, 500_000]);
  });

  it('gets a new token also from a service that turns it away without reading it', async () => {
    const md5 = createHash('md5').update(content).digest('hex');
    standIn.deaf = true;
    standIn.respond = async ({ token }, response, raw) => {
      if (token === 'token-1') {
        answer(response, 401, {}, { connection: 'close' });
        return;
      }
      for await (const _chunk of raw);
      answer(response, 201, '', { etag: md5 });
    };

    await expect(upload().done).resolves.toEqual({ etag: md5 });

    expect(standIn.logins).toBe(2);
  });

  it('is an error when the service has something else afterwards', async () => {
    standIn.respond = (_request, response) => answer(response, 201, '', { etag });

    await expect(upload().done).rejects.toThrow(/what arrived is not what was meant to be sent/);
  });

  it('is an error in words when the service notices by itself', async () => {
    standIn.respond = (_request, response) => answer(response, 422, '<html><h1>Unprocessable Entity</h1></html>');

    await expect(upload({ md5: etag }).done).rejects.toMatchObject({
      status: 422,
      message: expect.stringMatching(new RegExp(`MD5 ${etag} expected`)),
    });
  });

  it('passes on what is wrong with the source, and does not try that again', async () => {
    const fault = new Error('the disk is gone');
    let opened = 0;
    const broken = () => {
      opened += 1;
      return new Readable({
        read() {
          this.destroy(fault);
        },
      });
    };

    const failed = putObject(openstack.swift, { container: 'c', object: 'o', content: broken, size: 5 });

    await expect(failed).rejects.toBe(fault);
    expect(opened).toBe(1);
  });
});

describe('an error', () => {
  it('says so when something else than the service answers', async () => {
    standIn.respond = (_request, response) => answer(response, 200, '<html>Welcome!</html>');

    await expect(openstack.heat.get(['things'], reading)).rejects.toThrow('Heat answered something that is not JSON');
  });

  it('names a service that the cloud does not have, at the first call of it', async () => {
    const missing = openstack.glance.get(['images'], reading);

    await expect(missing).rejects.toThrow(ConfigError);
    await expect(missing).rejects.toThrow('The cloud stand-in offers no Glance');
  });

  it('says what Keystone said when nobody can log in', async () => {
    const wrong = standIn.connect({ authUrl: `${standIn.address}/v1/p1` });
    standIn.respond = (_request, response) => answer(response, 401, { error: { message: 'Who are you?' } });

    await expect(wrong.projectId()).rejects.toMatchObject({
      service: 'Keystone',
      message: 'Logging in to OpenStack: Who are you? (Keystone, 401)',
      hint: expect.stringMatching(/Check the user, the password, the project/),
    });
    await wrong.close();
  });
});
