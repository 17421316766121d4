import { insist } from './boot.ts';

const callMs = 30_000;

/** GET by a signed URL; undefined where nothing is yet. @throws Error for any other answer than success. */
export async function getObject(what: string, url: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await call(what, url, {}, signal);
  if (response.ok) return response.text();
  await response.body?.cancel();
  if (response.status === 404) return undefined;
  throw refused(what, response);
}

/** PUT by a signed URL. @throws Error for any other answer than success. */
export async function putObject(what: string, url: string, content: string, signal: AbortSignal): Promise<void> {
  const response = await call(what, url, { method: 'PUT', body: content }, signal);
  await response.body?.cancel();
  if (!response.ok) throw refused(what, response);
}

/** Both may be done twice, and a server that boots does not give up at the first stumble. */
function call(what: string, url: string, request: RequestInit, signal: AbortSignal): Promise<Response> {
  return insist(async () => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(callMs)]);
    const response = await fetch(url, { ...request, signal: deadline }).catch((cause: unknown) => {
      throw new Error(`${what}: Swift does not answer`, { cause });
    });
    if (response.status < 500) return response;
    await response.body?.cancel();
    throw new Error(`${what}: Swift answered ${response.status}`);
  }, signal);
}

function refused(what: string, { status }: Response): Error {
  return new Error(`${what}: Swift answered ${status}; the signed URL may have expired`);
}
