import type { BuildStage, StageTime } from './build-stages.ts';

/** Measures how long a build is in each of its stages. */
export class StageClock {
  readonly #spent = new Map<BuildStage, number>();
  readonly #now: () => number;
  #stage: BuildStage | undefined;
  #since = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The build is in a stage from now on; it may have been there before. */
  enter(stage: BuildStage): void {
    if (stage === this.#stage) return;
    this.pause();
    this.#stage = stage;
    this.#since = this.#now();
  }

  /** Time that passes now belongs to no stage: it is spent waiting for somebody else. */
  pause(): void {
    if (this.#stage === undefined) return;
    this.#spent.set(this.#stage, (this.#spent.get(this.#stage) ?? 0) + this.#now() - this.#since);
    this.#stage = undefined;
  }

  /** Stages in the order in which they began, with whole milliseconds until now. */
  times(): StageTime[] {
    const running = this.#stage === undefined ? 0 : this.#now() - this.#since;
    const stages = new Set([...this.#spent.keys(), ...(this.#stage === undefined ? [] : [this.#stage])]);
    return [...stages].map((stage) => ({
      stage,
      ms: Math.round((this.#spent.get(stage) ?? 0) + (stage === this.#stage ? running : 0)),
    }));
  }
}
