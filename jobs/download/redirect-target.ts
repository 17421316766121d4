import type { DeployError } from '../../src/errors.ts';
import { downloadError, type Subject } from './download-error.ts';

/** Statuses that lead elsewhere. */
export const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where a redirect from one address leads. Throws when that is nowhere, or from https to anything else. */
export function redirectTarget(from: URL, location: string | string[] | undefined, first: URL, subject: Subject): URL {
  if (typeof location !== 'string' || !URL.canParse(location, from.href)) {
    throw misled(first, subject, 'it is redirected to nowhere');
  }
  const next = new URL(location, from);
  if (next.protocol === 'https:' || (next.protocol === 'http:' && from.protocol === 'http:')) return next;
  const reason = `it is redirected from ${from.protocol.slice(0, -1)} to ${next.protocol.slice(0, -1)}`;
  throw downloadError(first, subject, reason, {
    hint: 'Give the address that it is really at, if that one is to be trusted',
  });
}

/** The error for redirects that lead nowhere. */
export function misled(first: URL, subject: Subject, reason: string): DeployError {
  return downloadError(first, subject, reason, {
    hint: `Set ${subject.setting} in clusters.yaml to the address that the mirror ends at`,
  });
}
