import { isObject } from '../blocks/checks.ts';
import { giveAnswer } from '../people/answer.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import { parseArguments } from '../web-api/api-arguments.ts';
import { ApiError } from '../web-api/api-error.ts';
import type { WebApi } from '../web-api/web-api.ts';
import { type Exchange, readBody, sendJson, sendText } from './exchange.ts';

const largestCall = 1024 * 1024;
const largestUpload = 64 * 1024 * 1024;

/** /api/<method>, by POST or GET. */
export async function handleApiCall(exchange: Exchange, webApi: WebApi): Promise<void> {
  const { request, response, url } = exchange;
  const answer = webApi({
    method: url.pathname.slice('/api/'.length),
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'] ?? '',
    query: url.searchParams,
    body: (await readBody(request, largestCall)).toString('utf8'),
  });
  sendJson(response, answer.status, answer.body, answer.headers);
}

/** A response_url. Those that are unknown, too old or used up do not exist any more: 404. */
export async function handleResponseUrl(
  { request, response, url }: Exchange,
  workspace: WorkspaceState,
): Promise<void> {
  const body = (await readBody(request, largestCall)).toString('utf8');
  const target = workspace.responseUrls.use(url.pathname);
  if (target === undefined) {
    sendJson(response, 404, { ok: false, error: 'expired_url' });
    return;
  }

  const error = giveAnswerText(request.headers['content-type'] ?? '', body, (answer) =>
    giveAnswer(answer, target, workspace),
  );
  if (error === undefined) sendText(response, 200, 'ok');
  else sendJson(response, 400, { ok: false, error });
}

function giveAnswerText(
  contentType: string,
  body: string,
  give: (answer: Record<string, unknown>) => string | undefined,
): string | undefined {
  try {
    const values = parseArguments(contentType, body);
    const payload = values.get('payload');
    const answer: unknown = typeof payload === 'string' ? JSON.parse(payload) : Object.fromEntries(values);
    return isObject(answer) ? give({ ...answer }) : 'invalid_payload';
  } catch (error) {
    if (error instanceof ApiError || error instanceof SyntaxError) return 'invalid_payload';
    throw error;
  }
}

/** The bytes of an announced file, as they are or as a form. */
export async function handleUpload({ request, response, url }: Exchange, workspace: WorkspaceState): Promise<void> {
  const file = workspace.files.byUploadPath(url.pathname);
  if (file === undefined) {
    sendText(response, 404, 'no such upload');
    return;
  }
  const body = await readBody(request, largestUpload);
  const content = await fileContent(request.headers['content-type'] ?? '', body);
  if (content === undefined) {
    sendText(response, 400, 'no file in the form');
    return;
  }
  file.content = content;
  sendText(response, 200, `OK - ${content.length}`);
}

async function fileContent(contentType: string, body: Buffer): Promise<Uint8Array | undefined> {
  if (!contentType.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  for (const value of form.values()) {
    if (typeof value !== 'string') return new Uint8Array(await value.arrayBuffer());
  }
  return undefined;
}

/** A file that was uploaded and shared. Only pictures are shown in place; everything else is saved. */
export function sendFile({ response, url }: Exchange, workspace: WorkspaceState): void {
  const file = workspace.files.byPath(url.pathname);
  if (file?.content === undefined) {
    sendText(response, 404, 'no such file');
    return;
  }
  const inline = file.mimetype.startsWith('image/') || file.mimetype.startsWith('text/');
  response.writeHead(200, {
    'content-type': file.mimetype.startsWith('text/') ? `${file.mimetype}; charset=utf-8` : file.mimetype,
    'content-disposition': inline ? 'inline' : 'attachment',
    'content-security-policy': "default-src 'none'",
    'x-content-type-options': 'nosniff',
  });
  response.end(file.content);
}
