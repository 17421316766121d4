import { randomInt } from 'node:crypto';

/** One part of a multipart text, as cloud-init reads them. */
export interface Part {
  content: string;
  filename: string | undefined;
  type: string;
  subtype: string | undefined;
}

/** The parts as one MIME message; a part that is a multipart message itself gives its own parts. */
export function multipart(parts: readonly Part[]): string {
  const boundary = `===============${randomInt(2 ** 47)}${randomInt(2 ** 24)}==`;
  const bodies = parts.flatMap((part) => (part.type === 'multipart' ? innerParts(part.content) : [textPart(part)]));
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n\n`;
  return `${head}${bodies.map((body) => `--${boundary}\n${body}\n`).join('')}--${boundary}--\n`;
}

function textPart({ content, filename, subtype }: Part): string {
  const isAscii = Buffer.byteLength(content) === content.length;
  const headers = [
    `Content-Type: text/${subtype ?? 'plain'}; charset="${isAscii ? 'us-ascii' : 'utf-8'}"`,
    'MIME-Version: 1.0',
    `Content-Transfer-Encoding: ${isAscii ? '7bit' : 'base64'}`,
    ...(filename === undefined ? [] : [`Content-Disposition: attachment; filename="${filename}"`]),
  ];
  const body = isAscii ? content : Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\n');
  return `${headers.join('\n')}\n\n${body}`;
}

function innerParts(message: string): string[] {
  const boundary = /boundary="([^"]+)"/.exec(message)?.[1];
  if (boundary === undefined) return [];
  return message
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => part.replace(/^\n/, '').replace(/\n$/, ''));
}
