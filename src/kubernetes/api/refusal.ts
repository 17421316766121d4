import { STATUS_CODES } from 'node:http';
import { plainText } from '../lines.ts';
import { KubernetesError } from './kubernetes-error.ts';
import type { Answer, Request } from './transport.ts';

/** As much of what an API says as goes into a sentence. */
const longest = 500;

/** The error for an answer that is no success: what was being done, what the API said, and what to do. */
export function refusal(doing: string, { method, url }: Request, { status, text }: Answer): KubernetesError {
  const { message, reason } = statusObject(text);
  const said = oneLine(message ?? text) || STATUS_CODES[status] || 'no reason given';
  const context = {
    problem: status === 401 || status === 403 ? ('refused' as const) : ('answered' as const),
    method,
    path: url.pathname,
    status,
    ...(reason !== undefined && { reason }),
  };
  const hint = hints[status];
  return new KubernetesError(`${doing}: ${said} (Kubernetes, ${status})`, context, {
    detail: { address: url.origin },
    ...(hint !== undefined && { hint }),
  });
}

const hints: Readonly<Record<number, string>> = {
  401: 'The certificate is not, or no longer, one of this cluster; a new kubeconfig helps if it has expired',
  403: 'The groups of this user have no role that allows it in this cluster',
  429: 'The API is busy; try again later',
  503: 'The API is starting or short of something; see whether etcd is well',
};

/**
 * What an API says of a refusal: a Status object, unless something in front of it answers.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
function statusObject(text: string): { message?: string; reason?: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return {};
    const { message, reason } = value as Record<string, unknown>;
    return {
      ...(typeof message === 'string' && { message }),
      ...(typeof reason === 'string' && /^\w{1,64}$/.test(reason) && { reason }),
    };
  } catch {
    return {}; // the failed checks of /readyz, or a proxy's page
  }
}

function oneLine(text: string): string {
  const line = plainText(text.slice(0, 4 * longest).replace(/\s+/g, ' ')).trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
