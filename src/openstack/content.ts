import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';

/** What stopped content that does not move any more: who sends it, or who takes it. */
export type Stalled = 'source' | 'service' | undefined;

/**
 * The content of one attempt. Says whenever a piece of it goes out, which side stands still when none does, and whether
 * it broke off by itself, which is no fault of the service.
 */
export class Content {
  readonly body: string | Readable | null;
  readonly #source: Readable | undefined;
  readonly #pulse: Pulse | undefined;
  #broken: { error: Error } | undefined;

  constructor(content: string | (() => Readable) | undefined, moved: () => void) {
    if (typeof content !== 'function') {
      this.body = content ?? null;
      return;
    }
    const pulse = new Pulse(moved);
    this.#pulse = pulse;
    this.#source = content();
    this.#source.on('error', (error) => {
      // Once the request has ended, what the source says is only an echo of that.
      if (!pulse.destroyed) this.#broken ??= { error };
    });
    // pipeline ends both sides when either fails; the source's own error was kept above.
    this.body = pipeline(this.#source, pulse, () => {});
  }

  /** Undefined when all has gone out and only the answer is missing, and for content that is no stream. */
  get stalled(): Stalled {
    if (this.#pulse === undefined || this.#pulse.readableEnded) return undefined;
    return this.#pulse.readableLength > 0 ? 'service' : 'source';
  }

  throwIfBroken(): void {
    if (this.#broken !== undefined) throw this.#broken.error;
  }

  discard(): void {
    this.#source?.destroy();
    this.#pulse?.destroy();
  }
}

class Pulse extends Transform {
  readonly #moved: () => void;

  constructor(moved: () => void) {
    super();
    this.#moved = moved;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#moved();
    done(null, chunk);
  }

  override _read(size: number): void {
    this.#moved(); // the other side wants more
    super._read(size);
  }
}
