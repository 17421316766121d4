/** An answer other than success, before the service has put it into its own words on the wire. */
export class ApiError extends Error {
  readonly status: number;
  /** The service's name for it: NetworkInUse, StackExists, itemNotFound … */
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, type: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.type = type;
    this.headers = headers;
  }
}
