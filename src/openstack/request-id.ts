import { randomUUID } from 'node:crypto';

/** The header by which a caller names a request; services write it into their logs as the global request id. */
export const requestIdHeader = 'x-openstack-request-id';

/** A request id of our own, in the one form that services take. */
export function newRequestId(): string {
  return `req-${randomUUID()}`;
}

/** The id under which the service itself logged a request; Nova and Swift have had names of their own for it. */
export function requestIdOf(headers: Readonly<Record<string, string | undefined>>): string | undefined {
  return headers[requestIdHeader] ?? headers['x-compute-request-id'] ?? headers['x-trans-id'];
}
