import { palette } from './palette.ts';
import type { Box, Line, Picture, Pill, Rectangle, Text } from './picture.ts';

/** The family of the fonts, as they name themselves. */
export const fontFamily = 'IBM Plex Sans';

const lineWidth = 10;
const edgeWidth = 3;
const corner = 14;

/** A picture as SVG. Whatever text from outside holds, it stays text. */
export function svgText({ width, height, lines, boxes, texts }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${fontFamily}">`,
    `<rect width="${width}" height="${height}" fill="${palette.paper}"/>`,
    ...lines.map(lineElement),
    ...boxes.map(boxElement),
    ...texts.map(textElement),
    '</svg>',
  ].join('\n');
}

function lineElement({ from, to, color, dashed }: Line): string {
  const ends = `x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}"`;
  const style = dashed ? 'stroke-dasharray="10 9"' : 'stroke-linecap="round"';
  return `<line ${ends} stroke="${color}" stroke-width="${lineWidth}" ${style}/>`;
}

function boxElement(box: Box): string {
  const edge = `stroke="${box.stroke}" stroke-width="${edgeWidth}"${box.dashed ? ' stroke-dasharray="14 10"' : ''}`;
  const ground = `<rect ${place(box)} rx="${corner}" fill="${box.fill}" ${edge}/>`;
  return [ground, ...box.pills.map(pillElement), ...box.texts.map(textElement)].join('\n');
}

function pillElement(pill: Pill): string {
  return `<rect ${place(pill)} rx="${pill.height / 2}" fill="${pill.fill}"/>\n${textElement(pill.label)}`;
}

function place({ x, y, width, height }: Rectangle): string {
  return `x="${x}" y="${y}" width="${width}" height="${height}"`;
}

function textElement({ x, baseline, text, size, weight, color }: Text): string {
  const style = `font-size="${size}" font-weight="${weight === 'bold' ? 700 : 400}" fill="${color}"`;
  return `<text x="${x}" y="${baseline}" ${style}>${escaped(text)}</text>`;
}

/** XML allows no control characters at all, not even escaped ones. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
