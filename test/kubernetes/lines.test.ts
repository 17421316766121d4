import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { splitLines } from '../../src/kubernetes/lines.ts';

async function linesOf(...chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(Readable.from(chunks, { objectMode: false }))) lines.push(line);
  return lines;
}

it('puts lines together that come in pieces, and keeps the last one without an end', async () => {
  expect(await linesOf('+++ Buil', 'ding\n+++ Pack', 'aging')).toEqual(['+++ Building', '+++ Packaging']);
});

it('takes a carriage return for the end of a line, as progress is written', async () => {
  expect(await linesOf('50% (1/2)\r100% (2/2)\r', '\ndone\n')).toEqual(['50% (1/2)', '100% (2/2)', 'done']);
});

it('leaves out colours and blank lines', async () => {
  expect(await linesOf('\u001b[31merror\u001b[0m: no\n\n   \n')).toEqual(['error: no']);
});

it.each([
  ['a title', '\u001b]0;rm -rf\u0007kept', 'kept'],
  ['a link', '\u001b]8;;http://evil.test\u001b\\text\u001b]8;;\u001b\\ kept', 'text kept'],
  ['an 8-bit control sequence', '\u009b31mkept\u009b0m', 'kept'],
  ['a device control string', '\u001bP1;2q#0\u001b\\kept', 'kept'],
  ['a string that never ends', '\u001b]0;kept', '0;kept'],
  ['a change of the character set', '\u001b(0kept\u001bc', 'kept'],
  ['control characters', 'ke\u0000\u0008\u007f\u0085pt', 'kept'],
  ['marks that turn the direction of writing', 'a\u202ekept\u2066\u200f b', 'akept b'],
  ['characters without width', 'ke\u200bp\u2060t\ufeff', 'kept'],
  ['the separators of lines that only some programs know', 'one\u2028two\u2029', 'onetwo'],
])('leaves out %s', async (_, written, shown) => {
  expect(await linesOf(`${written}\n`)).toEqual([shown]);
});

it('shows no secret, also none that comes in pieces or between escape sequences', async () => {
  expect(await linesOf('clone https://bob:hun', 'ter2@git.test/a\n', 'pass\u001b[1mword=hunter2\n')).toEqual([
    'clone https://[secret]@git.test/a',
    'password=[secret]',
  ]);
});

it('shows no half of a secret where a long line is cut', async () => {
  const token = `ghp_${'x'.repeat(36)}`;

  for (const length of [16 * 1024, 64 * 1024]) {
    const [line] = await linesOf(`${'.'.repeat(length - 20)}${token}${'.'.repeat(100)}\n`);

    expect(line).not.toContain('ghp_');
  }
});

it('keeps a character whole whose bytes come in two pieces', async () => {
  const bytes = Buffer.from('größe\n');

  expect(await linesOf(bytes.subarray(0, 3), bytes.subarray(3))).toEqual(['größe']);
});

it('cuts a line that never ends, so that it cannot fill the memory', async () => {
  const [line] = await linesOf(...Array.from({ length: 64 }, () => 'x'.repeat(1024)));

  expect(line?.length).toBe(16 * 1024);
});

it('is not slow with lines that were written to be: with one that is, this takes longer than a test may', async () => {
  const line = `${'\u0090'.repeat(64 * 1024)}\n`;

  const lines = await linesOf(...Array.from({ length: 40 }, () => line));

  expect(lines).toEqual([]);
});
