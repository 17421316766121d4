import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installRelease } from './machine.ts';
import type { StoreServer } from './store-server.ts';

const run = promisify(execFile);

/** Packs a release of stand-ins into the store, as Slipway publishes one; what an instruction says of its objects. */
export async function publishRelease(store: StoreServer, version: string): Promise<Record<string, unknown>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-release-'));
  try {
    await installRelease(folder, version);
    const pack = async (kind: string, member: string): Promise<Record<string, unknown>> => {
      const name = `${member}-${version}.tar.gz`;
      const packed = join(folder, name);
      await run('tar', ['--create', '--gzip', '--file', packed, '--directory', join(folder, 'opt/slipway'), member]);
      const content = await readFile(packed);
      store.archives.set(name, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { kind, name, url: store.url(name), size: content.length, sha256 };
    };
    return [await pack('kubernetes', 'kubernetes'), await pack('states', 'salt')];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
