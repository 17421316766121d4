import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchRelease, insist, tellHeat } from '../../../src/playground/nodes/boot.ts';
import type { BootParameters } from '../../../src/playground/nodes/boot-script.ts';

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
    if (request.url === '/swift') response.writeHead(swiftStatus).end(content);
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

function parameters(changes: Partial<BootParameters> = {}): BootParameters {
  return {
    cluster: 'staging',
    role: 'node',
    version: 'v1.34.2',
    server_url: `${url}/swift`,
    server_sha256: createHash('sha256').update(content).digest('hex'),
    signal: { auth_url: `${url}/v3/v3`, user_id: 'u', password: 'p', project_id: 'p1', alarm_url: `${url}/signal` },
    ...changes,
  };
}

describe('fetchRelease', () => {
  it('succeeds when the digest is the expected one', async () => {
    expect(await fetchRelease('node-1', parameters(), never)).toEqual({
      status: 'SUCCESS',
      reason: 'Kubernetes v1.34.2 is on node-1',
    });
  });

  it('says which digest it got instead', async () => {
    const outcome = await fetchRelease('node-1', parameters({ server_sha256: '0'.repeat(64) }), never);

    expect(outcome).toMatchObject({ status: 'FAILURE', reason: expect.stringContaining('expected 000000000000...') });
  });

  it('says what Swift answered', async () => {
    swiftStatus = 401;

    expect(await fetchRelease('node-1', parameters(), never)).toMatchObject({
      status: 'FAILURE',
      reason: expect.stringContaining('Swift answered 401'),
    });
  });

  it('says so when Swift is not there', async () => {
    const outcome = await fetchRelease('node-1', parameters({ server_url: 'http://127.0.0.1:9/x' }), never);

    expect(outcome).toMatchObject({ status: 'FAILURE', reason: expect.stringContaining('does not answer') });
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
      sha256: createHash('sha256').update(content).digest('hex'),
      version: 'v1.34.2',
    });
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
