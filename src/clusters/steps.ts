/** What a deployment does to its cluster. */
export type Action = 'up' | 'down';

/**
 * The steps of each action in the order in which a person reads them. The names are stored in Redis and are job names:
 * renaming one is a migration.
 */
export const stepsOf = {
  up: ['build', 'publish', 'image', 'keypair', 'stack', 'verify'],
  down: ['delete-stack'],
} as const satisfies Record<Action, readonly string[]>;

export type StepName = (typeof stepsOf)[Action][number];

/** One tarball of a release on the worker that built it: size in bytes, digests in hexadecimal. */
export interface ReleaseArtifact {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly md5: string;
}

/** What a finished stack tells about its cluster. */
export interface StackResult {
  readonly id: string;
  readonly name: string;
  readonly apiAddress: string;
  readonly apiUrl: string;
  /** Names of the nodes, without the control plane. */
  readonly nodes: readonly string[];
}

/** What each finished step leaves for the ones after it. No secret may be in here: it is kept in Redis in the clear. */
export interface StepResults {
  build: { readonly version: string; readonly commit: string; readonly files: readonly ReleaseArtifact[] };
  publish: { readonly container: string; readonly server: { readonly object: string; readonly sha256: string } };
  image: { readonly id: string; readonly name: string; readonly uploaded: boolean };
  keypair: { readonly name: string; readonly imported: boolean };
  stack: StackResult;
  verify: { readonly apiUrl: string };
  'delete-stack': { readonly existed: boolean };
}

/** Narrows a text to the name of a step. */
export function isStepName(name: string): name is StepName {
  return [...stepsOf.up, ...stepsOf.down].some((step) => step === name);
}
