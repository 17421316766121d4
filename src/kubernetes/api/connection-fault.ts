import { KubernetesError, type KubernetesProblem } from './kubernetes-error.ts';
import type { Request } from './transport.ts';

interface Fault {
  readonly problem: KubernetesProblem;
  readonly reason: string;
  readonly hint: string;
}

/** What Node.js calls a certificate that it does not trust, whatever the reason. */
const untrusted = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY))/;
/** What the other side says of our certificate, when it ends the handshake over it. */
const unwanted = /ALERT_(ACCESS_DENIED|BAD_CERTIFICATE|CERTIFICATE_|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE)/;
const noTls = /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG))$/;

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at',
  EHOSTUNREACH: 'there is no way to',
  ENETUNREACH: 'there is no way to',
  ENOTFOUND: 'nobody knows the name in',
  EAI_AGAIN: 'nobody knows the name in',
  ETIMEDOUT: 'no connection in time to',
};

/** The error for a call that got no answer, from what the HTTP client threw. */
export function connectionFault(doing: string, { method, url }: Request, cause: unknown): KubernetesError {
  const code = codeOf(cause);
  const { problem, reason, hint } = explainTls(code, url) ?? {
    problem: 'unreachable',
    reason: `${reasons[code] ?? 'the connection was lost to'} ${url.host} (${code})`,
    hint: reachHint(url),
  };
  const context = { problem, method, path: url.pathname };
  return new KubernetesError(`${doing}: ${reason}`, context, { cause, hint, detail: { address: url.origin, code } });
}

/** The error for a call that took too long. */
export function deadlineFault(doing: string, { method, url }: Request, deadlineMs: number): KubernetesError {
  const context = { problem: 'unreachable', method, path: url.pathname } as const;
  return new KubernetesError(`${doing}: no answer from ${url.host} within ${deadlineMs / 1000} s`, context, {
    hint: reachHint(url),
    detail: { address: url.origin },
  });
}

function reachHint({ port, host }: URL): string {
  return `See whether the control plane runs, and whether this worker reaches port ${port || '443'} of it (${host})`;
}

/** None of these gets better by itself, and each may mean that somebody else answers there. */
function explainTls(code: string, { host, hostname }: URL): Fault | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      problem: 'refused',
      reason: `the certificate of ${host} was made out for other addresses (${code})`,
      hint: `kubeadm has to be told of ${hostname} in certSANs before it makes the certificate`,
    };
  }
  if (untrusted.test(code)) {
    return {
      problem: 'refused',
      reason: `the certificate of ${host} is not signed by the cluster's authority (${code})`,
      hint: 'See whether the control plane was made anew, or another one has the address now',
    };
  }
  if (unwanted.test(code)) {
    return {
      problem: 'refused',
      reason: `${host} refuses the certificate that was shown to it (${code})`,
      hint: 'See whether the certificate has expired or belongs to another cluster',
    };
  }
  if (!noTls.test(code)) return undefined;
  return {
    problem: 'refused',
    reason: `what answers at ${host} does not speak TLS as a Kubernetes API does (${code})`,
    hint: 'See what listens there',
  };
}

/** The code of the error, or of the one behind it. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return cause.cause instanceof Error ? codeOf(cause.cause) : cause.name;
}
