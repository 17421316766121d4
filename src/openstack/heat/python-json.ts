/**
 * JSON as Python's json.dumps writes it, and thus Heat where it makes a text of a map or list: with a blank after each
 * colon and comma, and everything but printable ASCII escaped. What is undefined becomes nothing at all, since Heat alone
 * knows how much it will be.
 */
export function pythonJson(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value !== 'object' || value === null) return escaped(JSON.stringify(value));
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, item]) => `${escaped(JSON.stringify(key))}: ${pythonJson(item)}`);
  return `{${pairs.join(', ')}}`;
}

function escaped(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
