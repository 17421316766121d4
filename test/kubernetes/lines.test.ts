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

it('keeps a character whole whose bytes come in two pieces', async () => {
  const bytes = Buffer.from('größe\n');

  expect(await linesOf(bytes.subarray(0, 3), bytes.subarray(3))).toEqual(['größe']);
});

it('cuts a line that never ends, so that it cannot fill the memory', async () => {
  const [line] = await linesOf(...Array.from({ length: 64 }, () => 'x'.repeat(1024)));

  expect(line?.length).toBe(16 * 1024);
});
