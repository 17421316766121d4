import { Readable } from 'node:stream';
import { releasesContainer } from '../../src/clusters/names.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { putObject } from '../../src/openstack/swift/objects.ts';

/** Writes a value as a small object among the releases, over whatever was there. */
export async function putJson(
  swift: ServiceClient,
  object: string,
  value: unknown,
  signal: AbortSignal | undefined,
): Promise<void> {
  const content = Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
  const put = { container: releasesContainer, object, size: content.length, contentType: 'application/json' };
  await putObject(swift, { ...put, content: () => Readable.from([content]) }, signal);
}
