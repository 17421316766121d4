import { DeployError, type DeployErrorOptions, isTransientStatus } from '../../errors.ts';

/**
 * How a call went wrong. `unreachable`: no answer came. `refused`: this caller, or this server, is not who it has to be
 * (TLS, 401, 403). `answered`: the API said no for another reason, or something that cannot be understood.
 */
export type KubernetesProblem = 'unreachable' | 'refused' | 'answered';

/** Which request of a Kubernetes API went wrong, and how. */
export interface KubernetesErrorContext {
  readonly problem: KubernetesProblem;
  readonly method?: string;
  readonly path?: string;
  /** HTTP status; undefined when there was none. */
  readonly status?: number;
  /** What the API calls it, such as `NotFound`: `reason` of its Status object. */
  readonly reason?: string;
}

/** A Kubernetes API answered with something other than success, or not at all. */
export class KubernetesError extends DeployError {
  readonly problem: KubernetesProblem;
  readonly status: number | undefined;
  readonly reason: string | undefined;

  constructor(message: string, context: KubernetesErrorContext, options: DeployErrorOptions = {}) {
    super('kubernetes', message, {
      retryable: context.problem === 'unreachable' || isTransientStatus(context.status ?? 0),
      ...options,
      detail: { ...context, ...options.detail },
    });
    this.problem = context.problem;
    this.status = context.status;
    this.reason = context.reason;
  }
}

/** True when no answer came: the network, a closed port, a time limit. A later attempt may get one. */
export function isUnreachable(error: unknown): error is KubernetesError {
  return error instanceof KubernetesError && error.problem === 'unreachable';
}

/** True when a certificate or the permissions behind it were not enough, on either side. */
export function isRefused(error: unknown): error is KubernetesError {
  return error instanceof KubernetesError && error.problem === 'refused';
}

/** True for an answer of 404. */
export function isMissing(error: unknown): error is KubernetesError {
  return error instanceof KubernetesError && error.status === 404;
}
