/** What the headers of an answer say, with small letters as names. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Where an earlier download of the same address stopped. */
export interface Stopped {
  /** How many bytes there are. More than none. */
  readonly byte: number;
  /** The answer's validator: bytes of two versions must not be put together. */
  readonly validator: string;
}

/** A Last-Modified is worth a comparison only when it is older than the answer by this (RFC 9110, 8.8.2.2). */
const settledMs = 1_000;

/** Headers that ask for the rest of a version, or for the whole of a newer one. */
export function rangeHeaders({ byte, validator }: Stopped): Record<string, string> {
  return { range: `bytes=${byte}-`, 'if-range': validator };
}

/**
 * What tells this version of a file from others: a strong ETag, else a Last-Modified of some age. Undefined when the
 * answer has neither; then a download that broke off has to begin anew.
 */
export function validatorOf(headers: Headers): string | undefined {
  const { etag, date, 'last-modified': modified } = headers;
  if (typeof etag === 'string' && /^"[^"]*"$/.test(etag)) return etag;
  if (typeof modified !== 'string' || typeof date !== 'string') return undefined;
  return Date.parse(date) - Date.parse(modified) >= settledMs ? modified : undefined;
}

/** Content-Length, where it is said. */
export function lengthOf(headers: Headers): number | undefined {
  const length = headers['content-length'];
  return typeof length === 'string' && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/**
 * Whether an answer of 206 is what was asked for, and how large the whole is. Undefined when it is another range, or of
 * another version than If-Range asked for: there are servers that do not look at that header.
 */
export function grantedRange(headers: Headers, { byte, validator }: Stopped): { size: number | undefined } | undefined {
  const { etag, 'content-range': range } = headers;
  const [, first, size] =
    /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(typeof range === 'string' ? range : '') ?? [];
  if (Number(first) !== byte) return undefined;
  if (validator.startsWith('"') && typeof etag === 'string' && etag !== validator) return undefined;
  return { size: size === '*' ? undefined : Number(size) };
}
