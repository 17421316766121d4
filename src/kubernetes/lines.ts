import type { Readable } from 'node:stream';

/** The longest line that is kept whole; a program that writes no line ends must not fill the memory. */
const longest = 16 * 1024;

/**
 * The lines of an output, without colours and blank ones. A carriage return ends a line as well: with it, programs
 * overwrite their progress.
 */
export async function* splitLines(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const parts = `${rest}${chunk}`.split(/[\r\n]+/);
    rest = (parts.pop() ?? '').slice(-longest);
    for (const part of parts) yield* cleaned(part);
  }
  yield* cleaned(rest);
}

function* cleaned(line: string): Generator<string> {
  const text = line.replaceAll(colour, '').trimEnd();
  if (text.trim() !== '') yield text.slice(0, longest);
}

/** ANSI escape sequences that set colours and clear lines. */
const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');
