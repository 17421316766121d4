import { escapeText } from './mrkdwn.ts';

/**
 * Rows as a preformatted table: columns as wide as their widest cell, two blanks apart. Leaves out the rows that do not
 * fit into `max` characters, and says how many; `unlisted` rows that are not even here are counted among them.
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  max = 2900,
  unlisted = 0,
): string {
  const all = [head, ...rows].map((row) => row.map(clean));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    escapeText(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  );

  const kept: string[] = [];
  let length = 40;
  for (const line of lines) {
    length += line.length + 1;
    if (length > max) break;
    kept.push(line);
  }
  const missing = lines.length - kept.length + unlisted;
  return `\`\`\`\n${kept.join('\n')}\n\`\`\`${missing > 0 ? `\nand ${missing} more` : ''}`;
}

/** A backtick or a line break would end the table early. */
function clean(cell: string): string {
  return cell.replaceAll('`', "'").replaceAll(/\s+/g, ' ');
}
