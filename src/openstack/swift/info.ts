import type { ServiceClient } from '../service-client.ts';

/** What a Swift says it can do. */
export interface SwiftInfo {
  /** Bytes of the largest object that is not made of segments. */
  maxFileSize: number;
  /** Present when signed URLs are on. */
  tempUrl?: { methods: readonly string[]; digests: readonly string[] };
}

interface WireInfo {
  swift?: { max_file_size?: number };
  tempurl?: { methods?: string[]; allowed_digests?: string[] };
}

const fiveGibibytes = 5_368_709_122;

/** GET /info, which lies beside /v1 rather than below it. */
export async function getInfo(swift: ServiceClient, signal?: AbortSignal): Promise<SwiftInfo> {
  const { swift: limits, tempurl } = await swift.get<WireInfo>([], {
    doing: 'Asking Swift what it can do',
    ok: [200],
    base: (endpoint) => endpoint.replace(/\/v1(\/.*)?$/, '/info'),
    signal,
  });
  return {
    maxFileSize: limits?.max_file_size ?? fiveGibibytes,
    ...(tempurl === undefined
      ? {}
      : { tempUrl: { methods: tempurl.methods ?? [], digests: tempurl.allowed_digests ?? ['sha1'] } }),
  };
}
