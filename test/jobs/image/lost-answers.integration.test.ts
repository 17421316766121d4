import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/log.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { listImages } from '../../../src/openstack/glance/images.ts';
import { connect, type OpenStack } from '../../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';
import { Mutex } from '../../../src/store/mutex.ts';
import { type Mirror, startMirror } from '../../support/mirror.ts';
import { freshRedisUrl } from '../../support/redis.ts';
import { imageStep } from './support.ts';

const content = randomBytes(200_000);
const sha512 = createHash('sha512').update(content).digest('hex');

describe('an image whose requests lose their answers', () => {
  const log = silentLogger();
  /** Requests as `POST /images`, of which the next one's answer is lost. */
  const lose = new Set<string>();
  const seen: string[] = [];
  let cloud: PlaygroundCloud;
  let line: Server;
  let openstack: OpenStack;
  let mirror: Mirror;
  let redis: Redis;

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none', glance: { importMethods: [] } });
    const target = new URL(cloud.authUrl);
    line = createServer((incoming, outgoing) => pass(incoming, outgoing, target)).listen(0, '127.0.0.1');
    await once(line, 'listening');
    const config = readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile });
    const image = `http://127.0.0.1:${(line.address() as AddressInfo).port}/image/v2`;
    openstack = connect({ ...config, endpointOverrides: { image } }, { log });
    mirror = await startMirror(content);
    redis = new Redis(await freshRedisUrl());
  });
  afterAll(async () => {
    await openstack.close();
    line.close();
    line.closeAllConnections();
    await cloud.close();
    mirror.close();
    redis.disconnect();
  });

  /** Hands a request on, and its answer back, unless that is to be lost once Glance has given it. */
  function pass(incoming: IncomingMessage, outgoing: ServerResponse, target: URL): void {
    const { method = '', url = '', headers } = incoming;
    const what = `${method} ${url.replace('/image/v2', '').replace(/[0-9a-f-]{36}/, 'ID')}`;
    seen.push(what);
    const onward = request({ host: target.hostname, port: target.port, method, path: url, headers }, (answer) => {
      if (lose.delete(what)) {
        answer.resume().on('end', () => outgoing.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  }

  it.each([
    ['created', 'POST /images'],
    ['filled', 'PUT /images/ID/file'],
  ])('is found to be %s, and not made again', async (name, request_) => {
    const wanted = { name, format: 'raw', url: `${mirror.url}/image`, sha512 } as const;
    seen.length = 0;
    lose.add(request_);

    const made = await imageStep({ openstack, mutex: new Mutex(redis), wanted }).finish();

    expect(lose.size).toBe(0);
    expect(seen.filter((what) => what === request_)).toHaveLength(1);
    expect(await listImages(openstack.glance, { name })).toMatchObject([{ id: made.id, status: 'active' }]);
  });
});
