/** What a step about a stack remembers from one look to the next. */
export interface StackMarker {
  /** The stack's id, so that it need not be looked for by its name again. */
  readonly id: string;
  /** How far the step has got with that stack, in its own terms; empty at first. */
  readonly place: string;
}

/** What a step remembers of a stack that it has asked for and whose id it does not know yet. */
export interface RequestMarker {
  /** Milliseconds since the epoch, noted before the latest request went out. */
  readonly sentAt: number;
  /** How often the stack has been asked for. */
  readonly requests: number;
}

/** The marker as the deployment's record keeps it. */
export function stackMarker({ id, place }: StackMarker): string {
  return `${id}/${place}`;
}

/** Reads a marker back; undefined for a step that has not found its stack yet. */
export function parseStackMarker(marker: string | undefined): StackMarker | undefined {
  const [id, place] = marker?.split('/') ?? [];
  return id && place !== undefined ? { id, place } : undefined;
}

/** The marker of a step that is about to ask for a stack. It is none that parseStackMarker reads. */
export function requestMarker({ sentAt, requests }: RequestMarker): string {
  return `sent ${requests} at ${sentAt}`;
}

/** Reads such a marker back; undefined for a step that has not asked for a stack, or knows the one that it got. */
export function parseRequestMarker(marker: string | undefined): RequestMarker | undefined {
  const [, requests, sentAt] = /^sent (\d+) at (\d+)$/.exec(marker ?? '') ?? [];
  return requests && sentAt ? { requests: Number(requests), sentAt: Number(sentAt) } : undefined;
}
