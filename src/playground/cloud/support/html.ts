import { STATUS_CODES } from 'node:http';
import type { Reply } from '../http/exchange.ts';

/** The page that the WSGI servers of Glance, Nova and Heat answer with where they have no JSON. */
export function htmlPage(status: number, explanation: string, headers: Record<string, string> = {}): Reply {
  const title = `${status} ${STATUS_CODES[status] ?? 'Error'}`;
  const body = `<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title}</h1>\n  ${escapeHtml(explanation)}<br /><br />\n\n\n\n </body>\n</html>`;
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&#x27;');
}
