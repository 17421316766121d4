import { type Cut, fitLine, wrapText } from './fit-text.ts';
import { textWidth } from './measure.ts';
import { palette, stateColor } from './palette.ts';
import { type Box, leading, type Pill, type Style, type Text } from './picture.ts';

/** What is written on a thing of the cluster, before it has a place. */
export interface Card {
  /** What it is: "control plane". */
  readonly kind: string;
  readonly state?: string;
  readonly name: string;
  readonly details: readonly Detail[];
  /** The ground that it stands on; a pale one without. */
  readonly fill?: string;
  readonly dashed?: boolean;
}

/** One line below the name. */
export interface Detail {
  readonly text: string;
  readonly color: string;
  /** May be broken instead of cut. */
  readonly lines?: number;
  readonly bold?: boolean;
  readonly cut?: Cut;
}

const padding = 24;
const pillPadding = 16;
const gap = 12;
const longestPill = 260;

const kindStyle: Style = { size: 34, weight: 'regular' };
const pillStyle: Style = { size: 30, weight: 'bold' };
const nameStyle: Style = { size: 42, weight: 'bold' };
const detailStyle: Style = { size: 38, weight: 'regular' };
const nameLines = 3;

/** A card at its place, as high as what is written on it. */
export function placeCard(card: Card, at: { x: number; y: number; width: number }): Box {
  const ink = card.fill === undefined ? palette.ink : palette.onColor;
  const width = at.width - 2 * padding;
  const left = at.x + padding;
  const pill = card.state === undefined ? undefined : pillOf(card.state, at.x + at.width - padding, at.y + padding);
  const kindWidth = pill === undefined ? width : pill.x - gap - left;
  const pale = card.fill === undefined;
  const lines: LineOfText[] = [
    { ...kindStyle, text: fitLine(card.kind, kindWidth, kindStyle), color: pale ? palette.faint : ink },
    ...wrapText(card.name, width, nameStyle, nameLines).map((text) => ({ ...nameStyle, text, color: ink })),
    ...card.details.flatMap((detail) => detailLines(detail, width, pale ? detail.color : ink)),
  ];
  const { texts, bottom } = stack(lines, left, at.y + padding);
  return {
    x: at.x,
    y: at.y,
    width: at.width,
    height: Math.ceil(bottom + padding - at.y),
    fill: card.fill ?? palette.card,
    stroke: card.fill ?? palette.cardEdge,
    ...(card.dashed && { dashed: true }),
    texts,
    pills: pill === undefined ? [] : [pill],
  };
}

function detailLines({ text, lines = 1, bold = false, cut }: Detail, width: number, color: string): LineOfText[] {
  const style: Style = bold ? { ...detailStyle, weight: 'bold' } : detailStyle;
  return wrapText(text, width, style, lines, cut).map((line) => ({ ...style, text: line, color }));
}

/** A line of text that has no place yet. */
export type LineOfText = Pick<Text, 'size' | 'weight' | 'text' | 'color'>;

/** Lines below each other, and where the last one ends. */
export function stack(lines: readonly LineOfText[], x: number, top: number): { texts: Text[]; bottom: number } {
  let bottom = top;
  const texts = lines.map((line) => {
    bottom += line.size * leading;
    return { ...line, x, baseline: Math.round(bottom - line.size * (leading - 1)) };
  });
  return { texts, bottom };
}

/** Ends at `right`. */
function pillOf(state: string, right: number, y: number): Pill {
  const text = fitLine(state, longestPill - 2 * pillPadding, pillStyle);
  const width = Math.ceil(textWidth(text, pillStyle)) + 2 * pillPadding;
  const height = Math.ceil(pillStyle.size * leading) + 6;
  const x = right - width;
  return {
    x,
    y,
    width,
    height,
    fill: stateColor(state),
    label: { ...pillStyle, text, color: palette.onColor, x: x + pillPadding, baseline: y + height - 14 },
  };
}
