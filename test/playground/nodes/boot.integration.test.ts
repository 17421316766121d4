import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchRelease, insist, tellHeat } from '../../../src/playground/nodes/boot.ts';
import type { BootObject, BootParameters } from '../../../src/playground/nodes/boot-script.ts';

let server: Server;
let url: string;
let swiftStatus: number;
let requests: { route: string; token: string | undefined; body: string }[];
const content = 'a release';
const never = new AbortController().signal;

beforeEach(async () => {
  swiftStatus = 200;
  requests = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const token = request.headers['x-auth-token']?.toString();
    requests.push({ route: `${request.method} ${request.url}`, token, body: Buffer.concat(chunks).toString() });
    if (request.url?.startsWith('/swift')) response.writeHead(swiftStatus).end(content);
    else if (request.url === '/v3/auth/tokens') response.writeHead(201, { 'x-subject-token': 'token-1' }).end('{}');
    else response.end('null');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  url = `http://127.0.0.1:${address.port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** What Swift has, as Heat tells a server of it. */
function object(changes: Partial<BootObject> = {}): BootObject {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { kind: 'kubernetes', name: 'server.tar.gz', url: `${url}/swift`, size: content.length, sha256, ...changes };
}

/** A further object; the same content will do. */
function extra(changes: Partial<BootObject> = {}): BootObject {
  return object({ kind: 'file', name: 'extra.bin', url: `${url}/swift?extra`, ...changes });
}

type Parameters = Pick<BootParameters, 'version' | 'release' | 'objects' | 'signal'>;

function parameters(changes: Partial<Parameters> = {}): Parameters {
  return {
    version: 'v1.34.2',
    release: 'v1.34.2-0123456789ab',
    objects: [object()],
    signal: { auth_url: `${url}/v3/v3`, user_id: 'u', password: 'p', project_id: 'p1', alarm_url: `${url}/signal` },
    ...changes,
  };
}

describe('fetchRelease', () => {
  it('succeeds when all objects are what they have to be, fetched one after another', async () => {
    const outcome = await fetchRelease('node-1', parameters({ objects: [object(), extra()] }), never);

    expect(outcome).toEqual({ status: 'SUCCESS', reason: 'Kubernetes v1.34.2 is on node-1' });
    expect(requests.map(({ route }) => route)).toEqual(['GET /swift', 'GET /swift?extra']);
  });

  it.each([
    [{ sha256: '0'.repeat(64) }, /^extra\.bin has sha256 [0-9a-f]{12}\.\.\., expected 000000000000\.\.\.$/],
    [{ size: 10 }, /^extra\.bin has 9 bytes, expected 10$/],
    [{ url: 'http://127.0.0.1:9/x' }, /^fetching extra\.bin: Swift does not answer$/],
    [{ name: '../x' }, /^reading the release: name of object 2 is not what it has to be: '\.\.\/x'$/],
    [{ name: 'server.tar.gz' }, /^reading the release: server\.tar\.gz is one too many of its name or kind$/],
    [{ kind: 'kubernetes' as const }, /^reading the release: extra\.bin is one too many of its name or kind$/],
  ])('says which object is wrong, and how: %j', async (changes, reason) => {
    const outcome = await fetchRelease('node-1', parameters({ objects: [object(), extra(changes)] }), never);

    expect(outcome).toEqual({ status: 'FAILURE', reason: expect.stringMatching(reason) });
  });

  it('wants Kubernetes', async () => {
    const outcome = await fetchRelease('node-1', parameters({ objects: [extra()] }), never);

    expect(outcome.reason).toBe('reading the release: Kubernetes is not among the objects');
    expect(requests).toEqual([]);
  });

  it('says what Swift answered', async () => {
    swiftStatus = 401;

    const outcome = await fetchRelease('node-1', parameters(), never);

    expect(outcome).toEqual({
      status: 'FAILURE',
      reason: 'fetching server.tar.gz: Swift answered 401; the signed URL may have expired',
    });
  });

  it('does not take the end of its server for a failure', async () => {
    const gone = AbortSignal.abort(new Error('gone'));

    await expect(fetchRelease('node-1', parameters(), gone)).rejects.toThrow('gone');
  });
});

describe('tellHeat', () => {
  it('signals with a token of the user that Heat made', async () => {
    await tellHeat('node-1', parameters(), { status: 'SUCCESS', reason: 'done' }, never);

    expect(requests.map(({ route, token }) => [route, token])).toEqual([
      ['POST /v3/auth/tokens', undefined],
      ['POST /signal', 'token-1'],
    ]);
    const { data, ...signal } = JSON.parse(requests[1]?.body ?? '{}');
    expect(signal).toEqual({ status: 'SUCCESS', reason: 'done', id: 'node-1' });
    expect(JSON.parse(data)).toEqual({
      hostname: 'node-1',
      release: 'v1.34.2-0123456789ab',
      version: 'v1.34.2',
    });
  });

  it('says no more of a reason than Heat shows', async () => {
    await tellHeat('node-1', parameters(), { status: 'FAILURE', reason: 'x'.repeat(600) }, never);

    expect(JSON.parse(requests[1]?.body ?? '{}').reason).toBe('x'.repeat(500));
  });
});

describe('insist', () => {
  it('tries again until it works', async () => {
    let attempts = 0;

    await insist(async () => {
      attempts += 1;
      if (attempts < 3) throw new Error('not yet');
    }, never);

    expect(attempts).toBe(3);
  });
});
