import type { AuditEntry } from '../../clusters/audit-entry.ts';
import { auditLine } from '../texts/audit-lines.ts';
import { limits, type Message, section } from './blocks.ts';
import { count as counted } from './quantities.ts';

/** Room for the lines of one message, well below what a section takes. */
const room = 2_900;

/** As many decisions as one message has room for, a line each, from the first on; and how many these are. */
export function auditMessage(entries: readonly AuditEntry[]): { readonly message: Message; readonly count: number } {
  const lines: string[] = [];
  let length = 0;
  for (const entry of entries) {
    const line = auditLine(entry);
    length += line.length + 1;
    if (length > room && lines.length > 0) break;
    lines.push(line);
  }
  const text = lines.length === 1 ? (lines[0] ?? '') : `${counted(lines.length, 'decision')} about clusters`;
  return {
    message: { text: text.slice(0, limits.text), blocks: [section(lines.join('\n'))] },
    count: lines.length,
  };
}
