import type { StageTime } from '../../src/clusters/artifact.ts';
import type { BuildStage } from '../../src/kubernetes/build-stages.ts';
import { StageClock } from '../../src/kubernetes/stage-clock.ts';
import type { StepHandle } from '../run.ts';
import { stageText } from './stage-times.ts';

/**
 * How often the text is made anew: a compiler may be silent for a long time, and the clock goes on. A step drops what is
 * said within a second of the last, and timers may be early.
 */
const everyMs = 2_000;

/** What a build is doing, as it says on the card. What the build itself writes is not shown there. */
export class BuildProgress {
  readonly #step: Pick<StepHandle, 'tick'>;
  readonly #last: readonly StageTime[];
  readonly #clock = new StageClock();
  readonly #timer: NodeJS.Timeout;
  #stage: BuildStage = 'fetch';
  #target: string | undefined;
  #told: string | undefined;

  /** `last` is how long each stage took the last time. */
  constructor(step: Pick<StepHandle, 'tick'>, last: readonly StageTime[]) {
    this.#step = step;
    this.#last = last;
    this.#clock.enter(this.#stage);
    this.#timer = setInterval(() => this.#tell(), everyMs);
    this.#tell();
  }

  /** The stage that the build is in, and what it works on; a target stays until there is another. */
  enter(stage: BuildStage, target?: string): void {
    if (stage !== this.#stage) this.#target = undefined;
    this.#stage = stage;
    this.#target = target ?? this.#target;
    this.#clock.enter(stage);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Each text once: most of them hold for a minute. */
  #tell(): void {
    const elapsed = this.#clock.times().find(({ stage }) => stage === this.#stage)?.ms ?? 0;
    const text = stageText({ stage: this.#stage, target: this.#target }, elapsed, this.#last);
    if (text === this.#told) return;
    this.#told = text;
    this.#step.tick({ text });
  }
}
