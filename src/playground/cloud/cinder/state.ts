/** A volume. It holds nothing. */
export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  /** GiB. */
  readonly size: number;
  readonly type: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: Date;
}

/** What Cinder keeps; the newest volume last. */
export interface CinderState {
  readonly volumes: Map<string, Volume>;
}

/** A Cinder without volumes. */
export function newCinder(): CinderState {
  return { volumes: new Map() };
}
