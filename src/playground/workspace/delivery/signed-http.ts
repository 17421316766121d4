import { createHmac } from 'node:crypto';
import type { Logger } from '../../../log.ts';
import { acknowledgeWithinMs, type Envelope, type Outcome } from './envelope.ts';

/** Where an app in HTTP mode listens, and the secret that it knows us by. */
export interface HttpTarget {
  readonly url: string;
  readonly signingSecret: string;
}

/** Slack's v0 signature over a body, with the headers that carry it. */
export function signatureHeaders(body: string, signingSecret: string, nowMs: number): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const digest = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` };
}

/** POSTs an envelope as Slack does: commands as a form, interactions as a form's `payload`, events as JSON. */
export async function deliverOverHttp(
  envelope: Envelope,
  target: HttpTarget,
  { log, attempt }: { log: Logger; attempt: number },
): Promise<Outcome> {
  const { contentType, body } = encode(envelope);
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        ...signatureHeaders(body, target.signingSecret, Date.now()),
        ...(attempt > 0 && { 'x-slack-retry-num': String(attempt), 'x-slack-retry-reason': 'http_timeout' }),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(acknowledgeWithinMs),
    });
    const text = await response.text();
    if (response.ok)
      return { kind: 'acknowledged', response: decode(response.headers.get('content-type') ?? '', text) };

    log.warn({ url: target.url, status: response.status }, 'the app refused an event');
    return { kind: 'dispatch_failed' };
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return { kind: 'operation_timeout' };
    log.warn({ url: target.url, err: error }, 'the app could not be reached');
    return { kind: 'dispatch_failed' };
  }
}

function encode({ type, payload }: Envelope): { contentType: string; body: string } {
  if (type === 'events_api') return { contentType: 'application/json', body: JSON.stringify(payload) };
  const form = new URLSearchParams(type === 'slash_commands' ? asText(payload) : { payload: JSON.stringify(payload) });
  return { contentType: 'application/x-www-form-urlencoded', body: form.toString() };
}

function asText(payload: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)]));
}

/** An empty body says nothing more; JSON is a message or a view; anything else is the text of a message. */
function decode(contentType: string, text: string): unknown {
  if (text === '') return undefined;
  if (!contentType.startsWith('application/json')) return { text };
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
