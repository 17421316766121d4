import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';

/** A log that outgrows this has gone wrong; a whole build of Kubernetes writes a few megabytes. */
const mostBytes = 64 * 1024 * 1024;
/** How many of the last lines stand in a log that outgrew it. */
const mostLast = 400;

/**
 * A file that lines are appended to. A disk that is full does not end what is being logged: what cannot be written is
 * left out.
 */
export class LogFile {
  readonly #file: WriteStream;
  readonly #last: string[] = [];
  #bytes = 0;
  #leftOut = 0;
  #broken = false;

  private constructor(file: WriteStream) {
    this.#file = file;
    file.on('error', () => {
      this.#broken = true;
    });
  }

  /** Opens a log, which is made when it does not exist. Its directory must. */
  static async open(path: string): Promise<LogFile> {
    const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
    await once(file, 'open');
    return new LogFile(file);
  }

  /** Resolves when more may be written. */
  async write(line: string): Promise<void> {
    if (this.#bytes >= mostBytes) {
      this.#keep(line);
      return;
    }
    this.#bytes += Buffer.byteLength(line) + 1;
    await this.#append(`${line}\n`);
  }

  async close(): Promise<void> {
    if (this.#leftOut > 0) await this.#append(`[${this.#leftOut} lines are left out here]\n`);
    if (this.#last.length > 0) await this.#append(`${this.#last.join('\n')}\n`);
    if (this.#file.closed) return;
    this.#file.end();
    await anyOf(this.#file, ['close']);
  }

  #keep(line: string): void {
    this.#last.push(line);
    if (this.#last.length <= mostLast) return;
    this.#last.shift();
    this.#leftOut += 1;
  }

  async #append(text: string): Promise<void> {
    if (this.#broken || this.#file.write(text)) return;
    await anyOf(this.#file, ['drain', 'close']);
  }
}

/** Waits for the first of some events; an error is none of them, and ends in `close`. */
function anyOf(file: WriteStream, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) file.off(event, done);
      resolve();
    };
    for (const event of events) file.on(event, done);
  });
}
