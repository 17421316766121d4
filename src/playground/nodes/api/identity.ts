import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { ApiFailure } from './failure.ts';

/** Who asks. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

const anonymous: Identity = { user: 'system:anonymous', groups: ['system:unauthenticated'] };

/**
 * Who sent a request: the user and the groups of a client certificate that the cluster's authority has signed, or nobody
 * in particular.
 *
 * @throws ApiFailure for credentials that are not good; a real API does not take such a caller for anonymous either.
 */
export function identify(request: IncomingMessage): Identity {
  const socket = request.socket as TLSSocket;
  const { subject } = socket.getPeerCertificate();
  if (request.headers.authorization !== undefined) throw new ApiFailure('Unauthorized', 'Unauthorized');
  if (subject === undefined) return anonymous;
  // With an authority that is not trusted, or a certificate that has expired.
  if (!socket.authorized) throw new ApiFailure('Unauthorized', 'Unauthorized');
  return { user: text(subject.CN), groups: [...texts(subject.O), 'system:authenticated'] };
}

/** Node.js gives one value as a text and several as an array, whatever its types say. */
function texts(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

function text(value: string | readonly string[] | undefined): string {
  return texts(value)[0] ?? '';
}
