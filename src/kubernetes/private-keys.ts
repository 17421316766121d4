const begins = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const ends = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** More than the longest key in use has. */
const mostLines = 150;

/** Takes private keys out of the lines of one output, which must come in order. */
export class PrivateKeys {
  /** How many lines of a key may still come. */
  #left = 0;
  /** Whether something else has spoken since the key began. */
  #interrupted = false;

  /** What of the next line may be seen; undefined for nothing. */
  takeOut(line: string): string | undefined {
    if (this.#left === 0) return this.#outside(line);
    const end = ends.exec(line);
    if (end === null) return this.#inside(line);
    this.#left = 0;
    const rest = line.slice(end.index + end[0].length);
    return rest.trim() === '' ? undefined : this.#outside(rest);
  }

  #inside(line: string): string | undefined {
    this.#left -= 1;
    if (this.#interrupted ? isKeyData(line) : looksLikeKey(line)) return undefined;
    this.#interrupted = true;
    return this.#outside(line);
  }

  #outside(line: string): string {
    const { shown, open } = withoutWhole(line);
    if (open) {
      this.#left = mostLines;
      this.#interrupted = false;
    }
    return shown;
  }
}

/** The lines of a key are one word, behind at most a few that a program puts before all that it says. */
function looksLikeKey(line: string): boolean {
  return line.trim().split(/\s+/, 5).length < 5;
}

/** For when something else has spoken, or the end was lost: a line that ends in base64 as long as no name is. */
function isKeyData(line: string): boolean {
  return /(?:^|\s)[A-Za-z0-9+/]{32,}={0,2}\s*$/.test(line);
}

/** A line without the private keys that stand or begin in it, and whether the last one goes on in the next. */
function withoutWhole(line: string): { shown: string; open: boolean } {
  const begin = line.search(begins);
  if (begin === -1) return { shown: line, open: false };
  const before = `${line.slice(0, begin)}[private key]`;
  const end = ends.exec(line.slice(begin));
  if (end === null) return { shown: before, open: true };
  const rest = withoutWhole(line.slice(begin + end.index + end[0].length));
  return { shown: `${before}${rest.shown}`, open: rest.open };
}
