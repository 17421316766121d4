import { type DeployErrorOptions, OpenStackError, type OpenStackErrorContext } from '../errors.ts';
import type { Stalled } from './content.ts';

interface Fault {
  reason: string;
  retryable: boolean;
  hint?: string;
}

/** Where a request went. */
interface Destination {
  address: URL;
  proxy: URL | undefined;
}

/** What Node.js calls a certificate that it does not trust, whatever the reason. */
export const certificateCodes = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY))/;
const wantsCertificate =
  /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|CERTIFICATE_UNKNOWN)/;

const certificateHint =
  'a certificate that its authority signed; name it and its key in clouds.yaml: cert: /path/slipway.pem, key: /path/slipway.key';

/** The error for a call that got no answer, from what the HTTP client threw. */
export function connectionFault(
  doing: string,
  context: OpenStackErrorContext,
  { address, proxy }: Destination,
  cause: unknown,
): OpenStackError {
  const code = codeOf(cause);
  const { reason, retryable, hint } =
    (proxy === undefined ? undefined : explainProxy(code, cause, address, proxy)) ??
    explainCertificate(code, address) ??
    explain(code, context.service, address);
  const options: DeployErrorOptions = {
    cause,
    retryable,
    detail: { address: address.origin, code, ...(proxy === undefined ? {} : { proxy: proxy.host }) },
  };
  return new OpenStackError(`${doing}: ${reason}`, context, hint === undefined ? options : { ...options, hint });
}

/** The error for a call that took too long. */
export function deadlineFault(
  doing: string,
  context: OpenStackErrorContext,
  address: URL,
  { deadlineMs, stalled }: { deadlineMs: number; stalled: Stalled },
): OpenStackError {
  const seconds = `${deadlineMs / 1000} s`;
  const { service } = context;
  if (stalled === 'source') {
    return new OpenStackError(`${doing}: the content to send to ${service} stood still for ${seconds}`, context, {
      detail: { address: address.origin },
      hint: 'See whether the disk or the address that the content is read from is cut off',
    });
  }
  const reason = stalled === 'service' ? `${service} took nothing more` : `no answer from ${service}`;
  return new OpenStackError(`${doing}: ${reason} within ${seconds}`, context, {
    detail: { address: address.origin },
    hint: `See whether ${service} at ${address.host} is overloaded or cut off`,
  });
}

function explainProxy(code: string, cause: unknown, { host }: URL, proxy: URL): Fault | undefined {
  const refused = /Proxy response \((\d+)\)/.exec(cause instanceof Error ? cause.message : '')?.[1];
  const hint = `See HTTPS_PROXY, HTTP_PROXY and NO_PROXY: a cloud that needs no proxy belongs into NO_PROXY (${host})`;
  if (refused !== undefined) {
    const reason = `the proxy ${proxy.host} does not connect to ${host} (${refused})`;
    return { reason, retryable: refused.startsWith('5'), hint };
  }
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/.test(code)) {
    return { reason: `the proxy ${proxy.host} cannot be reached (${code})`, retryable: true, hint };
  }
  return undefined;
}

/** None of these gets better by itself. */
function explainCertificate(code: string, { host, hostname }: URL): Fault | undefined {
  if (wantsCertificate.test(code)) {
    return {
      reason: `${host} refuses the certificate that was shown to it, or wants one (${code})`,
      retryable: false,
      hint: `It wants ${certificateHint}`,
    };
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return {
      reason: `${host} does not speak TLS (${code})`,
      retryable: false,
      hint: 'Write http:// for it in clouds.yaml, or see what listens there',
    };
  }
  if (!certificateCodes.test(code)) return undefined;
  return {
    reason: `the certificate of ${host} is not trusted (${code})`,
    retryable: false,
    hint: trustHint(code, hostname),
  };
}

function trustHint(code: string, hostname: string): string {
  if (code === 'CERT_HAS_EXPIRED') return 'Have its operator renew it; the clock of this machine may be wrong as well';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `It was made out for another name than ${hostname}: use the name that it has in auth_url, or in an endpoint_override`;
  }
  return 'Name the file of the authority in clouds.yaml: cacert: /etc/ssl/certs/my-ca.pem';
}

/** Keystone is where clouds.yaml says, everything else where Keystone's catalog does. */
function reachHint(service: string): string {
  const place =
    service === 'Keystone' ? 'auth_url in clouds.yaml' : `the catalog, or ${service.toLowerCase()}_endpoint_override`;
  return `Check ${place}, and that this machine reaches it`;
}

function explain(code: string, service: string, { host, hostname, protocol }: URL): Fault {
  switch (code) {
    case 'ECONNREFUSED':
      return {
        reason: `nothing answers at ${host}, the address of ${service}`,
        retryable: true,
        hint: reachHint(service),
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        reason: `the name ${hostname} cannot be resolved`,
        retryable: true,
        hint: `${reachHint(service)}; the resolver of this machine has to know the name`,
      };
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return { reason: `no connection to ${host} could be made in time`, retryable: true, hint: reachHint(service) };
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return { reason: `${service} at ${host} stopped answering`, retryable: true };
    case 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH':
      return { reason: 'the content had another size than was announced', retryable: false };
    default:
      return {
        reason: `the connection to ${service} at ${host} was lost (${code})`,
        retryable: true,
        // With TLS 1.3 the connection seems to stand by then, and why it was ended does not reach the HTTP client.
        ...(protocol === 'https:' ? { hint: `If it happens each time, ${host} may want ${certificateHint}` } : {}),
      };
  }
}

/** The code of the error, or of the one behind it. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return cause.cause instanceof Error ? codeOf(cause.cause) : cause.name;
}
