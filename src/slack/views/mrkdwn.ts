/** Slack's text format: escaping, mentions, dates, and cutting to a length. All pure. */

/** Makes text from outside harmless: without it a name could hold a mention of everybody, or a false link. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Text from outside as one line of at most `max` characters after escaping. Never cuts an entity or a surrogate pair in
 * two.
 */
export function oneLine(text: string, max: number): string {
  return cut(text.replaceAll(/\s+/g, ' ').trim(), max);
}

/** Text from outside, its line breaks kept, of at most `max` characters after escaping. */
export function cut(text: string, max: number): string {
  const whole = escapeText(text);
  if (whole.length <= max) return whole;
  let kept = '';
  for (const character of text) {
    const next = escapeText(character);
    if (kept.length + next.length > max - 1) break;
    kept += next;
  }
  return `${kept.trimEnd()}…`;
}

/** Text from outside in the typeface of code, on one line. */
export function code(text: string, max = 200): string {
  return `\`${oneLine(text.replaceAll('`', "'"), max) || ' '}\``;
}

/** A mention of a person, or of a user group when the id is one. */
export function mention(id: string): string {
  return id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`;
}

/** "a", "a or b", "a, b or c". */
export function anyOf(items: readonly string[]): string {
  return joined(items, 'or');
}

/** "a", "a and b", "a, b and c". */
export function allOf(items: readonly string[]): string {
  return joined(items, 'and');
}

function joined(items: readonly string[], word: string): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}

/** A link to a channel, which Slack shows by its name. */
export function channelLink(id: string): string {
  return `<#${id}>`;
}

/** A web address as a link; anything else as plain text. */
export function link(url: string): string {
  return /^https?:\/\/[^\s|<>]+$/.test(url) ? `<${escapeText(url)}>` : oneLine(url, 200);
}

/** A day and time that each reader sees in their own time zone. `at` in milliseconds since the epoch. */
export function date(at: number): string {
  return dateTag(at, '{date_short_pretty} at {time}');
}

/** The time of day, for something that is minutes away. `at` in milliseconds since the epoch. */
export function timeOfDay(at: number): string {
  return dateTag(at, '{time}');
}

function dateTag(at: number, format: string): string {
  const fallback = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(at / 1000)}^${format}|${fallback}>`;
}

/**
 * As many of the lines as fit into `max` characters, and `most` at most, with "and 14 more" for the rest. A first line that is too long by
 * itself is left out, too, so that no tag is ever cut in two.
 */
export function fitLines(lines: readonly string[], max: number, most = lines.length): string {
  const whole = lines.join('\n');
  if (whole.length <= max && lines.length <= most) return whole;
  const room = max - `\nand ${lines.length} more`.length;
  const kept: string[] = [];
  let length = 0;
  for (const line of lines.slice(0, most)) {
    length += line.length + 1;
    if (length > room) break;
    kept.push(line);
  }
  return [...kept, `and ${lines.length - kept.length} more`].join('\n');
}
