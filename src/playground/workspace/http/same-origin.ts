import type { IncomingHttpHeaders } from 'node:http';

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a browser may have this request. Other web sites that the person visits could otherwise press buttons here:
 * they give themselves away by their Origin, and a name of theirs that resolves to this machine by its Host.
 *
 * @param boundTo the address that the server listens on; names are only checked while that is this machine alone
 */
export function isSameOrigin(headers: IncomingHttpHeaders, boundTo: string): boolean {
  const host = headers.host ?? '';
  if (isLoopback(boundTo) && !loopback.includes(host.replace(/:\d+$/, ''))) return false;
  if (headers['sec-fetch-site'] === 'cross-site') return false;
  return headers.origin === undefined || headers.origin === `http://${host}`;
}

function isLoopback(address: string): boolean {
  return ['127.0.0.1', '::1', 'localhost'].includes(address);
}
