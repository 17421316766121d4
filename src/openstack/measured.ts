import { createHash, type Hash } from 'node:crypto';
import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { DeployError } from '../errors.ts';

/** What has passed through a stream. */
export interface Measure {
  bytes: number;
  /** Hexadecimal. */
  digest: string;
}

/**
 * Content that is counted and hashed while it is sent. `open` starts it anew, and `measure` tells of the last start:
 * call it after the upload. When `size` is known, the stream breaks off at content of any other size: the HTTP client
 * would send a surplus as if it were the next request.
 */
export function measured(
  source: () => Readable,
  size: number | undefined,
  algorithm: 'md5' | 'sha512',
): { open: () => Readable; measure: () => Measure } {
  let meter = new Meter(size, algorithm);
  return {
    open() {
      meter = new Meter(size, algorithm);
      // pipeline ends both sides when either fails; the error itself reaches whoever reads the meter.
      return pipeline(source(), meter, () => {});
    },
    measure: () => meter.measure(),
  };
}

class Meter extends Transform {
  readonly #hash: Hash;
  readonly #size: number | undefined;
  #bytes = 0;

  constructor(size: number | undefined, algorithm: string) {
    super();
    this.#size = size;
    this.#hash = createHash(algorithm);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#size !== undefined && this.#bytes > this.#size) {
      done(this.#wrongSize(`at least ${this.#bytes}`));
      return;
    }
    this.#hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(this.#size !== undefined && this.#bytes < this.#size ? this.#wrongSize(String(this.#bytes)) : null);
  }

  measure(): Measure {
    return { bytes: this.#bytes, digest: this.#hash.copy().digest('hex') };
  }

  #wrongSize(found: string): DeployError {
    return new DeployError('content_size', `The content has ${found} bytes where ${this.#size} were announced`, {
      hint: 'The file changed while it was being sent; start again',
    });
  }
}
