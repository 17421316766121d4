import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Exchange, sendText } from './exchange.ts';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Nothing comes from elsewhere but the pictures that a message names. */
const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data: http: https:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page's folder in the package. The compiler copies no HTML, so that a compiled run reads the source's too. */
const folder = join(packageRoot(), 'src/playground/workspace/page');

function packageRoot(from = dirname(fileURLToPath(import.meta.url))): string {
  const parent = dirname(from);
  return existsSync(join(from, 'package.json')) || parent === from ? from : packageRoot(parent);
}

/** Sends a file of the page. Names with anything but letters, digits and hyphens before the suffix do not exist. */
export async function sendPageFile({ response, url }: Exchange): Promise<void> {
  const name = url.pathname === '/' ? 'index.html' : url.pathname.slice(1);
  const type = mediaTypes[extname(name)];
  const content = type !== undefined && /^[a-z0-9-]+\.[a-z]+$/.test(name) ? await readPageFile(name) : undefined;
  if (content === undefined) {
    sendText(response, 404, 'There is nothing here. The chat is at /.\n');
    return;
  }

  response.writeHead(200, {
    'content-type': type,
    'cache-control': 'no-cache',
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  response.end(content);
}

async function readPageFile(name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(folder, name));
  } catch {
    return undefined;
  }
}
