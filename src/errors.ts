/** What every error of Slipway carries besides its message. */
export interface DeployErrorOptions {
  /** What the reader can do next, as a sentence. */
  hint?: string;
  /** For the operator's log only: URLs, statuses, request ids. Never shown in Slack. */
  detail?: Readonly<Record<string, unknown>>;
  cause?: unknown;
  /**
   * The few lines of a program's output that tell what went wrong. Whoever gives them has chosen them, and has made sure
   * that they may be shown.
   */
  excerpt?: readonly string[];
  /** True when the same attempt may succeed a little later without anybody changing anything. */
  retryable?: boolean;
}

/**
 * The base of all errors that Slipway raises on purpose. `message` is a sentence that a person may read in Slack: what
 * was being done and why it stopped. `code` is stable, so that logs and tests can rely on it.
 */
export class DeployError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly excerpt: readonly string[];
  readonly retryable: boolean;

  constructor(code: string, message: string, options: DeployErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.detail = options.detail ?? {};
    this.excerpt = options.excerpt ?? [];
    this.retryable = options.retryable ?? false;
  }
}

/** Somebody typed something that cannot be done as it stands. */
export class UsageError extends DeployError {
  constructor(message: string, options: DeployErrorOptions = {}) {
    super('usage', message, options);
  }
}

/** The configuration is wrong. Carries every problem that was found, not only the first. */
export class ConfigError extends DeployError {
  readonly problems: readonly string[];

  constructor(message: string, problems: readonly string[], options: DeployErrorOptions = {}) {
    super('config', message, options);
    this.problems = problems;
  }
}

/** Something of that name exists and is not ours to touch. */
export class NameTakenError extends DeployError {
  constructor(message: string, options: DeployErrorOptions = {}) {
    super('name_taken', message, options);
  }
}

/** Building or fetching the Kubernetes release stopped. */
export class BuildFailedError extends DeployError {
  constructor(message: string, options: DeployErrorOptions = {}) {
    super('build_failed', message, options);
  }
}

/** A Heat stack ended in failure; the message names the first failed resource and its reason. */
export class StackFailedError extends DeployError {
  constructor(message: string, options: DeployErrorOptions = {}) {
    super('stack_failed', message, options);
  }
}

/** Which request of an OpenStack service went wrong, and how. */
export interface OpenStackErrorContext {
  /** The service in words: Keystone, Swift, Glance, Nova, Neutron, Heat. */
  service: string;
  method: string;
  /** Path below the service's endpoint, without query values. */
  path: string;
  /** HTTP status; undefined when no answer came at all. */
  status?: number;
  /** What x-openstack-request-id (or Swift's x-trans-id) said. */
  requestId?: string;
}

/**
 * An OpenStack service answered with something other than success, or not at all. Clients throw it unwrapped; jobs
 * translate what they can explain.
 */
export class OpenStackError extends DeployError {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;

  constructor(message: string, context: OpenStackErrorContext, options: DeployErrorOptions = {}) {
    super('openstack', message, {
      retryable: context.status === undefined || isTransientStatus(context.status),
      ...options,
      detail: { ...context, ...options.detail },
    });
    this.service = context.service;
    this.method = context.method;
    this.path = context.path;
    this.status = context.status;
    this.requestId = context.requestId;
  }
}

/** Statuses that a later identical request may not get: time-outs, rate limits and a service or proxy out of breath. */
export function isTransientStatus(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status);
}

/** True for an OpenStack answer of 404. */
export function isNotFound(error: unknown): error is OpenStackError {
  return error instanceof OpenStackError && error.status === 404;
}

/** True for an OpenStack answer of 409. */
export function isConflict(error: unknown): error is OpenStackError {
  return error instanceof OpenStackError && error.status === 409;
}
