/** What a step about a stack remembers from one look to the next. */
export interface StackMarker {
  /** The stack's id, so that it need not be looked for by its name again. */
  readonly id: string;
  /** How far the step has got with that stack, in its own terms; empty at first. */
  readonly place: string;
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
