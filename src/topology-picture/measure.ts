import type { Style, Weight } from './picture.ts';

/**
 * How wide the characters from the blank to the tilde are in IBM Plex Sans, in thousandths of the font's size: the table
 * hmtx of the fonts that `png` gives to the renderer.
 */
const widths: Readonly<Record<Weight, readonly number[]>> = {
  regular: [
    236, 284, 419, 713, 598, 927, 694, 242, 335, 335, 450, 600, 272, 399, 272, 383, 600, 600, 600, 600, 600, 600, 600,
    600, 600, 600, 292, 292, 600, 600, 600, 477, 891, 641, 653, 621, 671, 583, 559, 695, 707, 400, 510, 634, 501, 812,
    707, 708, 606, 708, 640, 581, 572, 678, 609, 891, 613, 593, 580, 317, 383, 317, 600, 565, 600, 534, 580, 503, 580,
    549, 324, 528, 568, 250, 250, 527, 272, 873, 568, 560, 580, 580, 367, 487, 351, 568, 492, 768, 507, 499, 464, 343,
    314, 343, 600,
  ],
  bold: [
    236, 320, 493, 632, 601, 974, 721, 268, 338, 338, 601, 600, 310, 403, 310, 460, 600, 600, 600, 600, 600, 600, 600,
    600, 600, 600, 330, 330, 600, 600, 600, 500, 903, 685, 667, 651, 697, 607, 585, 719, 724, 432, 559, 696, 530, 819,
    724, 714, 656, 714, 674, 624, 584, 694, 650, 973, 673, 649, 607, 334, 460, 334, 600, 556, 600, 569, 608, 517, 608,
    562, 361, 552, 596, 286, 286, 577, 303, 894, 596, 564, 608, 608, 404, 504, 383, 596, 538, 841, 560, 534, 518, 372,
    402, 372, 600,
  ],
};

/** No other character that is drawn is wider. */
const widest = 1_000;

const firstKnown = 0x20;

/** The most that a line of text takes, in pixels. */
export function textWidth(text: string, { size, weight }: Style): number {
  const table = widths[weight];
  const thousandths = [...text].reduce((sum, character) => sum + (table[codeOf(character) - firstKnown] ?? widest), 0);
  return (thousandths * size) / 1_000;
}

/** Text from outside with a question mark for each character that the fonts do not have. */
export function drawable(text: string): string {
  const line = text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  return [...line].map((character) => (isDrawn(codeOf(character)) ? character : '?')).join('');
}

/** The letters of Western and Central Europe, and what Slipway itself writes. */
function isDrawn(code: number): boolean {
  const latin = (code >= firstKnown && code < 0x7f) || (code > 0xa0 && code < 0x180 && code !== softHyphen);
  return latin || code === ellipsisCode;
}

const softHyphen = 0xad;

/** Stands for what was cut. */
export const ellipsis = '…';
const ellipsisCode = codeOf(ellipsis);

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
