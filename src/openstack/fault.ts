import { type DeployErrorOptions, OpenStackError, type OpenStackErrorContext } from '../errors.ts';

interface Fault {
  reason: string;
  retryable: boolean;
  hint?: string;
}

const certificateCodes = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY))/;

/** The error for a call that got no answer, from what the HTTP client threw. */
export function connectionFault(
  doing: string,
  context: OpenStackErrorContext,
  address: URL,
  cause: unknown,
): OpenStackError {
  const code = codeOf(cause);
  const { reason, retryable, hint } = explain(code, context.service, address);
  const options: DeployErrorOptions = { cause, retryable, detail: { address: address.origin, code } };
  return new OpenStackError(`${doing}: ${reason}`, context, hint === undefined ? options : { ...options, hint });
}

/** The error for a call that took too long. */
export function deadlineFault(
  doing: string,
  context: OpenStackErrorContext,
  address: URL,
  deadlineMs: number,
): OpenStackError {
  return new OpenStackError(`${doing}: no answer from ${context.service} within ${deadlineMs / 1000} s`, context, {
    detail: { address: address.origin },
    hint: `See whether ${context.service} at ${address.host} is overloaded or cut off`,
  });
}

function explain(code: string, service: string, { host, hostname }: URL): Fault {
  if (certificateCodes.test(code)) {
    return {
      reason: `the certificate of ${host} is not trusted (${code})`,
      retryable: false,
      hint: 'Name the file of the authority in clouds.yaml: cacert: /etc/ssl/certs/my-ca.pem',
    };
  }
  switch (code) {
    case 'ECONNREFUSED':
      return { reason: `nothing answers at ${host}, where the catalog says ${service} is`, retryable: true };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { reason: `the name ${hostname} cannot be resolved`, retryable: true };
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return { reason: `no connection to ${host} could be made in time`, retryable: true };
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return { reason: `${service} at ${host} stopped answering`, retryable: true };
    case 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH':
      return { reason: 'the content had another size than was announced', retryable: false };
    default:
      return { reason: `the connection to ${service} at ${host} was lost (${code})`, retryable: true };
  }
}

function codeOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.name : 'unknown';
}
