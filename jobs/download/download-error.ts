import { DeployError, type DeployErrorOptions, isTransientStatus } from '../../src/errors.ts';
import { certificateCodes } from '../../src/openstack/fault.ts';

/** What is downloaded, for messages. */
export interface Subject {
  /** As it stands in the middle of a sentence: the image, Kubernetes v1.34.2. */
  readonly what: string;
  /** The key of clusters.yaml that says where it comes from: image.url. */
  readonly setting: string;
  /** Code of the errors. */
  readonly code: string;
}

/** The error for a download that stopped. The address goes without its query into `detail`: that may be a signature. */
export function downloadError(url: URL, subject: Subject, reason: string, options: DeployErrorOptions): DeployError {
  const detail = { url: `${url.origin}${url.pathname}`, ...options.detail };
  return new DeployError(subject.code, `Downloading ${subject.what} from ${url.host}: ${reason}`, {
    ...options,
    detail,
  });
}

/** The error for an answer that brings nothing. Its status is in `detail`. */
export function refusedDownload(url: URL, subject: Subject, status: number): DeployError {
  const retryable = isTransientStatus(status);
  const hint = retryable ? 'Try again later, or give another mirror' : `Check ${subject.setting} in clusters.yaml`;
  return downloadError(url, subject, `${url.host} answers ${status}`, { retryable, hint, detail: { status } });
}

/** The error for a connection that did not come about or broke off, from what the HTTP client threw. */
export function brokenDownload(url: URL, subject: Subject, cause: unknown, proxy?: URL): DeployError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  if (certificateCodes.test(code)) {
    return downloadError(url, subject, `the certificate of ${url.host} is not trusted (${code})`, {
      retryable: false,
      hint: 'Have the worker trust its authority (NODE_EXTRA_CA_CERTS), or give another mirror',
      cause,
    });
  }
  const idle = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'].includes(code);
  const way = proxy === undefined ? url.host : `${url.host} through the proxy ${proxy.host}`;
  const reason = idle ? `nothing came from ${way} for too long` : `the connection to ${way} failed (${code})`;
  return downloadError(url, subject, reason, {
    retryable: true,
    hint: 'Check that the worker can reach it, if need be through HTTPS_PROXY; or give another mirror',
    cause,
  });
}

/** The error for a folder whose disk or quota is used up. `room` may say more of it. */
export function diskFull(subject: Pick<Subject, 'what'>, folder: string, room = '', cause?: unknown): DeployError {
  return new DeployError('disk_full', `Downloading ${subject.what}: there is no room for it on this worker${room}`, {
    hint: 'Make room on the disk that holds DATA_DIR; what had come of it was removed',
    detail: { folder },
    cause,
  });
}
