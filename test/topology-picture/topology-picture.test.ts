import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../src/topology-picture/layout.ts';
import { textWidth } from '../../src/topology-picture/measure.ts';
import { pngOf } from '../../src/topology-picture/png.ts';
import { topologyPicture } from '../../src/topology-picture/topology-picture.ts';
import { smallTopology, someServer } from '../support/topologies.ts';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** The renderer has to be compiled first. */
const patience = { timeout: 60_000 };

const fonts = [
  ['regular', 400],
  ['bold', 700],
] as const;

describe('topologyPicture', patience, () => {
  it('is a PNG of the size that was laid out', async () => {
    const { width, height } = layOut(smallTopology);

    const picture = Buffer.from(await topologyPicture(smallTopology));

    expect([...picture.subarray(0, 8)]).toEqual(signature);
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([width, height]);
  });

  it('is the same for the same, and another for another name', async () => {
    const renamed = { ...smallTopology, servers: [someServer({ name: 'staging-node-1' })] };

    const [one, again, other] = [smallTopology, smallTopology, renamed].map(topologyPicture);

    expect(Buffer.compare((await one) as Uint8Array, (await again) as Uint8Array)).toBe(0);
    expect(Buffer.compare((await one) as Uint8Array, (await other) as Uint8Array)).not.toBe(0);
  });
});

describe('the fonts', patience, () => {
  it.each(['Łódź', 'Zürich'])('draw %s', async (text) => {
    const drawn = (word: string) =>
      pngOf(
        `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="60"><text y="40" font-family="IBM Plex Sans" font-size="40">${word}</text></svg>`,
      );

    // What a font does not have is drawn as one and the same sign.
    const missing = await drawn(text.replaceAll(/[^ -~]/g, '日'));
    expect(Buffer.compare(await drawn(text), missing)).not.toBe(0);
  });

  it.each(fonts)('are as wide as they are measured: %s', async (weight, number) => {
    const advances = await advancesOf(number);

    for (let code = 0x20; code < 0x7f; code += 1) {
      const character = String.fromCharCode(code);
      expect(textWidth(character, { size: 1_000, weight }), character).toBe(advances(code));
    }
    for (const character of 'ŒŁŴ…©½ßĳ') {
      expect(textWidth(character, { size: 1_000, weight })).toBeGreaterThanOrEqual(
        advances(character.charCodeAt(0)) ?? 0,
      );
    }
  });
});

/** How wide each character is in thousandths of the font's size, as the font itself says: hmtx by way of cmap. */
async function advancesOf(weight: number): Promise<(code: number) => number | undefined> {
  const table = tablesOf(await readFile(fontPath(weight)));
  const map = characterMap(table('cmap'));
  const glyphsWithWidth = table('hhea').readUInt16BE(34);
  const perEm = table('head').readUInt16BE(18);
  const metrics = table('hmtx');
  return (code) => {
    const glyph = map(code);
    if (glyph === undefined) return undefined;
    return Math.round((metrics.readUInt16BE(4 * Math.min(glyph, glyphsWithWidth - 1)) * 1_000) / perEm);
  };
}

/** The same font in the form whose tables Node.js can unpack. */
function fontPath(weight: number): string {
  const { resolve } = createRequire(import.meta.url);
  return resolve(`@fontsource/ibm-plex-sans/files/ibm-plex-sans-latin-${weight}-normal.woff`);
}

/** Reads WOFF 1.0: a directory of 20 bytes a table behind 44 bytes of head. */
function tablesOf(font: Buffer): (tag: string) => Buffer {
  return (tag) => {
    for (let entry = 44; entry < 44 + 20 * font.readUInt16BE(12); entry += 20) {
      if (font.toString('latin1', entry, entry + 4) !== tag) continue;
      const [offset, packed, size] = [4, 8, 12].map((place) => font.readUInt32BE(entry + place)) as [
        number,
        number,
        number,
      ];
      const bytes = font.subarray(offset, offset + packed);
      return packed < size ? inflateSync(bytes) : bytes;
    }
    throw new Error(`the font has no table ${tag}`);
  };
}

/** Reads the subtable of format 4, which maps the characters of the basic plane by segments. */
function characterMap(cmap: Buffer): (code: number) => number | undefined {
  const offsets = Array.from({ length: cmap.readUInt16BE(2) }, (_, index) => cmap.readUInt32BE(4 + 8 * index + 4));
  const start = offsets.find((offset) => cmap.readUInt16BE(offset) === 4) ?? 0;
  const segments = cmap.readUInt16BE(start + 6);
  const ends = start + 14;
  const starts = ends + segments + 2;
  return (code) => {
    const index = Array.from({ length: segments / 2 }).findIndex((_, at) => cmap.readUInt16BE(ends + 2 * at) >= code);
    const first = cmap.readUInt16BE(starts + 2 * index);
    if (index < 0 || first > code) return undefined;
    const delta = cmap.readUInt16BE(starts + segments + 2 * index);
    const place = starts + 2 * segments + 2 * index;
    const range = cmap.readUInt16BE(place);
    const glyph = range === 0 ? code : cmap.readUInt16BE(place + range + 2 * (code - first));
    return (glyph + delta) & 0xffff;
  };
}
