import type { ArtifactRecipe, StageTime } from '../../src/clusters/artifact.ts';
import type { Run } from '../run.ts';

/** An artifact that is being made, by the only deployment that makes it at this time. */
export interface Making {
  readonly run: Run;
  readonly id: string;
  readonly recipe: ArtifactRecipe;
  /** Fires with the run's own signal, and when somebody else has begun to make the artifact. */
  readonly signal: AbortSignal;
}

/** A server tarball on this worker. */
export interface MadeTarball {
  readonly version: string;
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
  readonly stages: readonly StageTime[];
  /** Object with what the build said. */
  readonly log?: string;
}
