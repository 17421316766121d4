import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchFile } from '../../../jobs/download/fetch-file.ts';
import { fetching } from './support.ts';

const mib = 2 ** 20;
const size = 300 * mib;

/** Hands out zeroes, of which it keeps one piece. */
const mirror = createServer((_request, response) => {
  const piece = Buffer.alloc(mib / 4);
  const pieces = function* () {
    for (let sent = 0; sent < size; sent += piece.length) yield piece;
  };
  response.writeHead(200, { 'content-length': size });
  Readable.from(pieces()).pipe(response);
});
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-fetch-memory-'));
  mirror.listen(0, '127.0.0.1');
  await once(mirror, 'listening');
});
afterAll(async () => {
  mirror.close();
  mirror.closeAllConnections();
  await rm(folder, { recursive: true });
});

it('a large file passes through memory without staying there', async () => {
  const url = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/file`;
  const before = process.memoryUsage();
  let most = 0;
  const watch = setInterval(() => {
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    most = Math.max(most, arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed);
  }, 20);

  const fetched = await fetchFile(fetching(folder, url));
  clearInterval(watch);

  expect(fetched.size).toBe(size);
  // The mirror is in this process as well, and the collector takes its time.
  expect(most).toBeLessThan(size / 3);
}, 120_000);
