import { STATUS_CODES } from 'node:http';

const longest = 500;

/**
 * What a service says about an error, as one line of plain text. Keystone and Heat put it under `error`, Nova and
 * Neutron under a key of their own (`itemNotFound`, `NeutronError`), and Swift, Glance and every proxy may answer HTML.
 */
export function errorText(status: number, body: string): string {
  const text = oneLine(withoutBreaks(fromJson(body) ?? fromHtml(body) ?? body));
  return text === '' ? `${status} ${STATUS_CODES[status] ?? ''}`.trim() : text;
}

function fromJson(body: string): string | undefined {
  try {
    return messageIn(JSON.parse(body));
  } catch {
    return undefined; // not JSON: a proxy's page, or Swift
  }
}

/** The message of an object, or of the first object inside it that has one. */
function messageIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const named = new Map(Object.entries(value));
  for (const key of ['message', 'detail', 'faultstring']) {
    const message = named.get(key);
    if (typeof message === 'string' && message !== '') return message;
  }
  const nested = [...named.values()].filter((inner) => typeof inner === 'object');
  return nested.map(messageIn).find((message) => message !== undefined) ?? textOf(named.get('explanation'));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function fromHtml(body: string): string | undefined {
  if (!/^\s*<(!doctype|html|\?xml)/i.test(body)) return undefined;
  return body
    .replace(/<(head|script|style|title)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<\/(h\d|p|div)>/gi, ': ')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&');
}

/** Glance writes HTML's line breaks into its JSON. */
function withoutBreaks(text: string): string {
  return text.replaceAll(/<br ?\/?>/gi, ' ');
}

function oneLine(text: string): string {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/(\s*:)+\s/g, ': ')
    .replace(/^[\s:]+|[\s:]+$/g, '');
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
