import { cut } from './mrkdwn.ts';

/** How much of a program's output is shown. */
export interface CodeBlockLimits {
  readonly lines: number;
  /** Characters of the whole block after escaping, its fences included. */
  readonly length: number;
}

const defaultLimits: CodeBlockLimits = { lines: 12, length: 2_000 };

const fences = '```\n\n```'.length;

/** Room for the sentence that says how many lines are missing. */
const remark = '\n… 1000 more lines'.length;

/** A line that is cut shows at least this much of itself; where there is no room for that it is left out. */
const leastOfLine = 20;

/**
 * Lines of a program's output in the typeface of code, each as it is but for what would not be text: control characters
 * are gone, and nothing in a line ends the block. Undefined when there is nothing to show.
 */
export function codeBlock(lines: readonly string[], limits: CodeBlockLimits = defaultLimits): string | undefined {
  const clean = lines.map(plainLine).filter((line) => line !== '');
  const shown = fitting(clean.slice(0, limits.lines), limits.length - fences - remark);
  if (shown.length === 0) return undefined;
  const missing = clean.length - shown.length;
  const more = missing > 0 ? [`… ${missing} more ${missing === 1 ? 'line' : 'lines'}`] : [];
  return ['```', ...shown, ...more, '```'].join('\n');
}

/** The lines, each cut to its share of the room where they do not fit as they are; those that get none are left out. */
function fitting(lines: readonly string[], room: number): string[] {
  const share = Math.max(leastOfLine, Math.floor(room / lines.length) - 1);
  const whole = lines.map((line) => cut(line, room));
  const fits = whole.join('\n').length <= room;
  return fits ? whole : lines.slice(0, Math.floor(room / (share + 1))).map((line) => cut(line, share));
}

/** How a terminal's control sequence begins, in its 7-bit and 8-bit forms. */
const introducer = '(?:\\u001b\\[|\\u009b)';
/** Such as colours. */
const escapeSequence = new RegExp(`${introducer}[0-?]*[ -/]*[@-~]`, 'g');

/** Control characters, and those that hide text or turn it around. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

function plainLine(line: string): string {
  return line
    .replaceAll(escapeSequence, '')
    .replaceAll('\t', '  ')
    .replaceAll(unseen, '')
    .replaceAll(/`{3,}/g, (fence) => "'".repeat(fence.length))
    .trimEnd();
}
