import type { ServiceClient } from '../service-client.ts';
import { metadataHeaders, metadataOf } from './metadata.ts';

/** HEAD: the X-Account-Meta-* headers of the project's account, names in lower case. */
export async function findAccountMetadata(
  swift: ServiceClient,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const options = { doing: "Looking at the project's account in Swift", ok: [200, 204], signal };
  const { headers } = await swift.call('HEAD', [], options);
  return metadataOf('account', headers);
}

/** POST: sets the metadata that is given and leaves the rest; an empty value removes one. */
export async function setAccountMetadata(
  swift: ServiceClient,
  metadata: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  await swift.call('POST', [], {
    doing: "Setting metadata of the project's account in Swift",
    ok: [200, 202, 204],
    headers: metadataHeaders('account', metadata),
    repeatable: true,
    signal,
  });
}
