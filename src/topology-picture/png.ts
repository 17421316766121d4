import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { fontFamily } from './svg.ts';

/** The renderer reads WOFF2 and TrueType, and draws nothing at all with WOFF. */
const fontFiles = ['latin-400', 'latin-700', 'latin-ext-400', 'latin-ext-700'].map(
  (name) => `@fontsource/ibm-plex-sans/files/ibm-plex-sans-${name}-normal.woff2`,
);

let loaded: Promise<Uint8Array[]> | undefined;

/** SVG as PNG, the same on every machine: the fonts are those of the package, never the machine's. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  loaded ??= load();
  const resvg = new Resvg(svg, { font: { fontBuffers: await loaded, defaultFontFamily: fontFamily } });
  try {
    const image = resvg.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    resvg.free();
  }
}

/** Only once a picture is wanted: the renderer takes some megabytes, and most processes never draw. */
async function load(): Promise<Uint8Array[]> {
  const { resolve } = createRequire(import.meta.url);
  const [renderer, ...fonts] = await Promise.all(
    ['@resvg/resvg-wasm/index_bg.wasm', ...fontFiles].map((file) => readFile(resolve(file))),
  );
  await initWasm(renderer as Uint8Array<ArrayBuffer>);
  return fonts;
}
