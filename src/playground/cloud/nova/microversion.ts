import { ApiError } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';

/** What this Nova speaks, as the release Zed does. */
export const newestMicroversion = '2.93';

/** The microversion that a request asks for; 400 for what is none, 406 for one that Nova does not speak. */
export function microversionOf(exchange: Exchange): string {
  const asked = askedVersion(exchange);
  if (asked === undefined) return '2.1';
  if (asked === 'latest') return newestMicroversion;
  if (!/^\d+\.\d+$/.test(asked)) {
    throw new ApiError(
      400,
      'badRequest',
      `API Version String ${asked} is of invalid format. Must be of format MajorNum.MinorNum.`,
    );
  }
  if (!atLeast(asked, '2.1') || !atLeast(newestMicroversion, asked)) {
    throw new ApiError(
      406,
      'computeFault',
      `Version ${asked} is not supported by the API. Minimum is 2.1 and maximum is ${newestMicroversion}.`,
    );
  }
  return asked;
}

/** The headers that say which microversion was spoken, or asked for in vain. */
export function microversionHeaders(exchange: Exchange): Record<string, string> {
  const asked = askedVersion(exchange) ?? '2.1';
  const version = asked === 'latest' ? newestMicroversion : asked;
  return { 'openstack-api-version': `compute ${version}`, 'x-openstack-nova-api-version': version };
}

/** Whether one microversion is another or later. */
export function atLeast(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major > otherMajor || (major === otherMajor && minor >= otherMinor);
}

function askedVersion(exchange: Exchange): string | undefined {
  const modern = /^compute (.+)$/.exec(String(exchange.headers['openstack-api-version'] ?? ''))?.[1];
  const old = exchange.headers['x-openstack-nova-api-version'];
  return modern?.trim() ?? (typeof old === 'string' ? old : undefined);
}
