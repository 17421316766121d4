import type { Readable } from 'node:stream';
import { createRedactor, type Redactor } from './redact.ts';

/** As much of a line as is kept; a program that writes no line ends must not fill the memory. */
const longest = 16 * 1024;
/** As much of a line as is looked at. More than is kept, so that no half of a secret stands at the end of what is. */
const longestRead = 4 * longest;
/** No secret is longer: what is cut off a line that was not read to its end. */
const margin = 4096;

/**
 * The lines of an output, fit to be shown: without secrets, escape sequences, control characters and blank ones. A
 * carriage return ends a line as well: with it, programs overwrite their progress.
 */
export async function* splitLines(stream: Readable, redact: Redactor = createRedactor()): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const parts = `${rest}${chunk}`.split(/[\r\n]+/);
    rest = (parts.pop() ?? '').slice(0, longestRead);
    for (const part of parts) yield* cleaned(part, redact);
  }
  yield* cleaned(rest, redact);
}

function* cleaned(line: string, redact: Redactor): Generator<string> {
  const text = redact(plainText(line.slice(0, longestRead)))?.trimEnd();
  if (text === undefined || text.trim() === '') return;
  yield text.slice(0, line.length < longestRead ? longest : Math.min(longest, Math.max(text.length - margin, 0)));
}

/**
 * Without what a terminal obeys (ECMA-48: control sequences, and strings such as those that set titles and links, in
 * their 7-bit and 8-bit forms) and without what hides or turns around what is written (control characters but
 * the tabulator, Unicode's format characters with the bidirectional ones, line separators, private planes).
 */
export function plainText(line: string): string {
  return line.replace(escapeSequences, '').replace(unseen, '');
}

const introducer = '(?:\\u001b';
const escapeSequences = new RegExp(
  [
    `${introducer}\\[|\\u009b)[0-?]*[ -/]*[@-~]`,
    // Operating system, device and application strings end with a bell or a string terminator.
    `${introducer}[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u0090\\u0098\\u009c-\\u009f]{0,4096}(?:\\u0007|\\u001b\\\\|\\u009c)`,
    `${introducer})[ -/]*[0-~]`,
  ].join('|'),
  'gu',
);
const unseen = /(?!\t)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;
