import { isTransientStatus, OpenStackError } from '../../errors.ts';
import type { ServiceClient } from '../service-client.ts';

/** What a Swift says it can do. */
export interface SwiftInfo {
  /** Bytes of the largest object that is not made of segments. */
  maxFileSize: number;
  /** Present when objects may be made of segments (static large objects). */
  segments?: SegmentLimits;
  /** Present when signed URLs are on. `digests` are what signatures may use: `sha256`, … */
  tempUrl?: { methods: readonly string[]; digests: readonly string[] };
  /** True for the Swift API of a Ceph object gateway, which differs in places from Swift itself. */
  ceph: boolean;
}

/** What a Swift allows an object of segments. */
export interface SegmentLimits {
  maxCount: number;
  /** Bytes that each segment must have at least, save the last one. */
  minSize: number;
  /** Bytes of the list of segments. */
  maxManifestSize: number;
}

interface WireInfo {
  swift?: { max_file_size?: number; version?: string };
  slo?: { max_manifest_segments?: number; min_segment_size?: number; max_manifest_size?: number };
  tempurl?: { methods?: string[]; allowed_digests?: string[] };
}

const fiveGibibytes = 5_368_709_122;

/** What Swift does unless it is configured otherwise; 1 MiB was the least segment of its older versions. */
const usualSegments: SegmentLimits = { maxCount: 1000, minSize: 1_048_576, maxManifestSize: 8_388_608 };

/** For a Swift that keeps its /info to itself. */
const usual: SwiftInfo = {
  maxFileSize: fiveGibibytes,
  segments: usualSegments,
  tempUrl: { methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'], digests: ['sha256'] },
  ceph: false,
};

/** What a Swift can do changes when it is upgraded, so that a worker that lives for months asks again. */
const goodForMs = 3_600_000;

const known = new WeakMap<ServiceClient, { info: SwiftInfo; until: number }>();

/**
 * What this Swift can do, asked once an hour and connection. One that refuses or does not know the question is taken
 * for a Swift with its usual limits.
 */
export async function swiftInfo(swift: ServiceClient, signal?: AbortSignal): Promise<SwiftInfo> {
  const held = known.get(swift);
  if (held !== undefined && performance.now() < held.until) return held.info;
  const info = (await unlessRefused(getInfo(swift, signal))) ?? usual;
  known.set(swift, { info, until: performance.now() + goodForMs });
  return info;
}

/**
 * GET /info, which lies beside /v1 rather than below it. That a Ceph object gateway has it at /swift/info, and what it
 * says there, was read in Ceph's source and not tried.
 */
export async function getInfo(swift: ServiceClient, signal?: AbortSignal): Promise<SwiftInfo> {
  const wire = await swift.get<WireInfo>([], {
    doing: 'Asking Swift what it can do',
    ok: [200],
    base: (endpoint) => endpoint.replace(/\/v1(\/.*)?$/, '/info'),
    signal,
  });
  return parseInfo(wire);
}

function parseInfo({ swift, slo, tempurl }: WireInfo): SwiftInfo {
  const version = Number.parseInt(swift?.version ?? '', 10);
  return {
    maxFileSize: swift?.max_file_size ?? fiveGibibytes,
    ...(slo !== undefined && { segments: segmentLimits(slo) }),
    ...(tempurl !== undefined && {
      tempUrl: { methods: tempurl.methods ?? [], digests: tempurl.allowed_digests ?? unsaidDigests(version) },
    }),
    ceph: version >= firstCephVersion,
  };
}

function segmentLimits(slo: NonNullable<WireInfo['slo']>): SegmentLimits {
  return {
    maxCount: slo.max_manifest_segments ?? usualSegments.maxCount,
    minSize: slo.min_segment_size ?? usualSegments.minSize,
    maxManifestSize: slo.max_manifest_size ?? usualSegments.maxManifestSize,
  };
}

/** Swift's own versions are 2.x. */
const firstCephVersion = 9;

/** A Swift that does not list its digests is older than the choice; Ceph had it long before it told. */
function unsaidDigests(version: number): readonly string[] {
  return version >= firstCephVersionWithSha256 ? ['sha1', 'sha256', 'sha512'] : ['sha1'];
}

const firstCephVersionWithSha256 = 18;

async function unlessRefused(asked: Promise<SwiftInfo>): Promise<SwiftInfo | undefined> {
  try {
    return await asked;
  } catch (error) {
    const refused = error instanceof OpenStackError && error.status !== undefined && !isTransientStatus(error.status);
    if (refused) return undefined;
    throw error;
  }
}
