import { drawable, ellipsis, textWidth } from './measure.ts';
import type { Style } from './picture.ts';

/** What a text loses that is too long for its line. */
export type Cut = 'middle' | 'end';

/** Text from outside on one line. By default it loses its middle: names differ at their ends. */
export function fitLine(text: string, width: number, style: Style, cut: Cut = 'middle'): string {
  const whole = drawable(text);
  if (textWidth(whole, style) <= width) return whole;
  for (let kept = whole.length - 1; kept > 1; kept -= 1) {
    const tail = cut === 'middle' ? Math.floor(kept / 2) : 0;
    const shorter = `${whole.slice(0, kept - tail)}${ellipsis}${whole.slice(whole.length - tail)}`;
    if (textWidth(shorter, style) <= width) return shorter;
  }
  return ellipsis;
}

/** Text from outside on at most so many lines, broken behind blanks, hyphens, dots and colons where there are any. */
export function wrapText(text: string, width: number, style: Style, most: number, cut?: Cut): string[] {
  const lines: string[] = [];
  let rest = drawable(text);
  while (lines.length < most - 1 && textWidth(rest, style) > width) {
    const line = beginning(rest, width, style);
    lines.push(line.trimEnd());
    rest = rest.slice(line.length).trimStart();
  }
  return rest === '' ? lines : [...lines, fitLine(rest, width, style, cut)];
}

/** As much of a text as one line holds; more than half a line, or what lies behind the break would not fit either. */
function beginning(text: string, width: number, style: Style): string {
  let fitting = '';
  for (const character of text) {
    if (fitting !== '' && textWidth(fitting + character, style) > width) break;
    fitting += character;
  }
  const broken = /^.*[\s\-.:/]/.exec(fitting)?.[0] ?? '';
  return textWidth(broken, style) > width / 2 ? broken : fitting;
}
