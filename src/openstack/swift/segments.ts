import { DeployError } from '../../errors.ts';
import type { SegmentLimits, SwiftInfo } from './info.ts';

/** One piece of a file that is too large, or too long on its way, for a single request. */
export interface Segment {
  /** Its name in the container. */
  object: string;
  /** Where it begins in the file, in bytes. */
  start: number;
  size: number;
}

const mebibyte = 1024 ** 2;

/** A file up to this goes in one piece unless Swift wants it otherwise: it is sent again from its beginning when it breaks off. */
const largestPiece = 1024 * mebibyte;

/** Small enough that little is sent twice after a crash, large enough that the requests themselves do not show. */
const usualSegmentSize = 128 * mebibyte;

/** Characters of a segment in a manifest beside its path: digest, size, keys and punctuation. */
const manifestEntryOverhead = 120;

/**
 * What the names of segments begin with. They lie in the container of the object itself: a URL that is signed with a
 * container's key opens nothing outside of that container, so that an object whose segments are elsewhere, as Swift's
 * own tools put them, answers 409 to it.
 */
export const segmentsFolder = 'segments/';

/**
 * What a file's segments are cut to, or undefined if it goes in one piece. `wanted` asks for a size, and for segments as
 * soon as the file is larger than that.
 *
 * @throws DeployError when this Swift cannot hold a file of that size.
 */
export function segmentSizeFor(size: number, pathLength: number, info: SwiftInfo, wanted?: number): number | undefined {
  const largestPlain = Math.min(info.maxFileSize, wanted ?? largestPiece);
  if (size <= largestPlain) return undefined;
  if (info.segments === undefined) {
    if (size <= info.maxFileSize) return undefined;
    throw tooLarge(size, info.maxFileSize);
  }
  const { minSize } = info.segments;
  const least = Math.max(minSize, leastSize(size, pathLength, info.segments));
  const segmentSize = Math.max(least, Math.min(wanted ?? usualSegmentSize, info.maxFileSize));
  if (segmentSize <= info.maxFileSize) return segmentSize;
  throw tooLarge(size, info.maxFileSize * mostSegments(pathLength, info.segments));
}

/** The segments of a file, in order. Their names sort in that order too. */
export function segmentsOf(size: number, segmentSize: number, prefix: string): Segment[] {
  return Array.from({ length: Math.ceil(size / segmentSize) }, (_, index) => ({
    object: `${prefix}${String(index + 1).padStart(8, '0')}`,
    start: index * segmentSize,
    size: Math.min(segmentSize, size - index * segmentSize),
  }));
}

/**
 * What the names of an upload's segments begin with. `identity` tells the content of one file from that of another, so
 * that two uploads never mix and a second attempt finds what the first one left.
 */
export function segmentPrefix(object: string, identity: string, size: number, segmentSize: number): string {
  return `${segmentsOfObject(object)}${identity}/${size}-${segmentSize}/`;
}

/** What the names of all segments of an object begin with; those of `object/below` do so too. */
export function segmentsOfObject(object: string): string {
  return `${segmentsFolder}${object}/`;
}

/** True for the name of a segment of `object`, whichever upload it comes from; not for one of `object/below`. */
export function isSegmentOf(object: string, name: string): boolean {
  const beginning = segmentsOfObject(object);
  return name.startsWith(beginning) && /^[^/]+\/\d+-\d+\/\d{8}$/.test(name.slice(beginning.length));
}

/** The size that fills no more than the allowed number of segments, in whole mebibytes if there is more than one. */
function leastSize(size: number, pathLength: number, limits: SegmentLimits): number {
  const exact = Math.ceil(size / mostSegments(pathLength, limits));
  return exact > mebibyte ? Math.ceil(exact / mebibyte) * mebibyte : exact;
}

function mostSegments(pathLength: number, { maxCount, maxManifestSize }: SegmentLimits): number {
  // A name may be written in JSON with up to 6 characters for each of its own.
  const entry = pathLength * 6 + manifestEntryOverhead;
  return Math.max(1, Math.min(maxCount, Math.floor(maxManifestSize / entry)));
}

function tooLarge(size: number, largest: number): DeployError {
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  return new DeployError('too_large', `A file of ${gigabytes(size)} is more than this Swift holds in one object`, {
    hint: `Its limit is ${gigabytes(largest)}; ask the cloud to allow more, or objects of segments (slo)`,
    detail: { size, largest },
  });
}
