const codes = {
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  AlreadyExists: 409,
  UnsupportedMediaType: 415,
  Invalid: 422,
  BadRequest: 400,
  TooManyRequests: 429,
  InternalError: 500,
} as const;

/** A request that the API refuses, by what it calls the reason. */
export class ApiFailure extends Error {
  readonly reason: keyof typeof codes;

  constructor(reason: keyof typeof codes, message: string) {
    super(message);
    this.reason = reason;
  }

  get code(): number {
    return codes[this.reason];
  }

  /** The Status object that it is answered with. */
  toStatus(): object {
    const { message, reason, code } = this;
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  }
}
