import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendImage } from '../../../jobs/image/send-image.ts';
import { silentLogger } from '../../../src/log.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { listImages } from '../../../src/openstack/glance/images.ts';
import { connect, type OpenStack } from '../../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';
import { runOf } from './support.ts';

const mib = 2 ** 20;
const size = 192 * mib;

describe('an image that is larger than memory should be', () => {
  const log = silentLogger();
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;

  /** Hands out zeroes, of which it keeps one piece. */
  const mirror = createServer((_request, response) => {
    const piece = Buffer.alloc(mib / 4);
    const pieces = function* () {
      for (let sent = 0; sent < size; sent += piece.length) yield piece;
    };
    response.writeHead(200, { 'content-length': size });
    Readable.from(pieces()).pipe(response);
  });

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none' });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    mirror.listen(0, '127.0.0.1');
    await once(mirror, 'listening');
  });
  afterAll(async () => {
    await openstack.close();
    await cloud.close();
    mirror.close();
    mirror.closeAllConnections();
  });

  it('passes through the worker without staying there', async () => {
    const url = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/image`;
    const wanted = { name: 'large', format: 'raw', url } as const;
    const { run } = runOf({ openstack, wanted });
    const before = process.memoryUsage();
    let most = 0;
    const watch = setInterval(() => {
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      most = Math.max(most, arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed);
    }, 20);

    await sendImage({ run, wanted, signal: run.signal });
    clearInterval(watch);

    expect(await listImages(openstack.glance, { name: 'large' })).toMatchObject([{ status: 'active', size }]);
    // Sender, receiver and mirror are all in this process, and the collector takes its time.
    expect(most).toBeLessThan(size / 2);
  }, 120_000);
});
