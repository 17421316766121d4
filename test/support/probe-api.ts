import { request } from 'node:https';

/** What the Kubernetes API said, in words. */
export interface Probe {
  readonly ready: boolean;
  readonly detail: string;
}

/** As much of the answer as is read; /readyz is a few bytes, or a list of checks when something is missing. */
const mostBytes = 8 * 1024;

/**
 * GET /readyz of a Kubernetes API, over https, for tests that ask whether one is there at all and do not have the
 * cluster's authority. Never throws for what the other side does: it not answering is an answer.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function probeApi(
  apiUrl: string,
  { signal, timeoutMs }: { signal?: AbortSignal | undefined; timeoutMs: number },
): Promise<Probe> {
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const { status, text } = await get(
      new URL('/readyz', apiUrl),
      AbortSignal.any(signal ? [signal, timeout] : [timeout]),
    );
    if (status === 200) return { ready: true, detail: 'ready' };
    return { ready: false, detail: `it answered ${status}${missing(text)}` };
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.aborted) return { ready: false, detail: `no answer within ${timeoutMs / 1000} s` };
    return { ready: false, detail: reason(error) };
  }
}

function get(url: URL, signal: AbortSignal): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { rejectUnauthorized: false, agent: false, signal, headers: { accept: 'text/plain' } });
    call.on('error', reject);
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > mostBytes) response.destroy();
      });
      response.on('error', reject);
      response.on('close', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.end();
  });
}

/** The checks that did not pass, as /readyz lists them: `[-]etcd failed: reason withheld`. */
function missing(text: string): string {
  const failed = [...text.matchAll(/^\[-\](\S+)/gm)].map((match) => match[1]);
  return failed.length === 0 ? '' : `; not ready: ${failed.slice(0, 5).join(', ')}`;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there yet',
  ECONNRESET: 'the connection was cut off',
  EHOSTUNREACH: 'there is no way to that address',
  ENETUNREACH: 'there is no way to that network',
  ENOTFOUND: 'nobody knows that name',
  EPROTO: 'what answers there does not speak TLS',
};

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return (code && reasons[code]) ?? (error instanceof Error ? error.message : String(error));
}
