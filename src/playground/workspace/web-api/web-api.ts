import type { WorkspaceState } from '../state/workspace-state.ts';
import { apiArguments, parseArguments } from './api-arguments.ts';
import { ApiError } from './api-error.ts';
import type { ApiMethod } from './api-method.ts';
import { appMethods } from './apps.ts';
import { authMethods } from './auth.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { fileMethods } from './files.ts';
import { userGroupMethods } from './usergroups.ts';
import { userMethods } from './users.ts';
import { viewMethods } from './views.ts';

/** One call as it came over HTTP. */
export interface ApiRequest {
  readonly method: string;
  /** The value of the Authorization header, or undefined. */
  readonly authorization: string | undefined;
  readonly contentType: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** What goes back: always JSON. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Slack's Web API over this workspace: finds the method, checks token, scope and rate, and runs it. */
export type WebApi = (request: ApiRequest) => ApiResponse;

interface Grant {
  kind: 'bot' | 'app';
  scopes: readonly string[];
}

/** @param openTicket where apps.connections.open gets its address from */
export function createWebApi(workspace: WorkspaceState, openTicket: () => string | undefined): WebApi {
  const methods = new Map<string, ApiMethod>(
    [
      ...authMethods,
      ...appMethods(openTicket),
      ...chatMethods,
      ...conversationMethods,
      ...fileMethods,
      ...userMethods,
      ...userGroupMethods,
      ...viewMethods,
    ].map((method) => [method.name, method]),
  );

  return (request) => {
    const method = methods.get(request.method);
    try {
      if (method === undefined) throw new ApiError('unknown_method', { req_method: request.method });
      return answer(method, request, workspace);
    } catch (error) {
      if (error instanceof ApiError) return refusal(error, method, workspace);
      throw error;
    }
  };
}

function answer(method: ApiMethod, request: ApiRequest, workspace: WorkspaceState): ApiResponse {
  const values = new Map<string, unknown>(request.query);
  for (const [name, value] of parseArguments(request.contentType, request.body)) values.set(name, value);
  const args = apiArguments(values);

  const grant = method.token === 'none' ? undefined : grantOf(request.authorization, args.text('token'), workspace);
  if (grant !== undefined) checkGrant(method, grant);
  // A call that is refused for its token does not count; any other does, also one that fails.
  checkRate(method, args.text('channel') ?? '', workspace);
  const body = { ok: true, ...method.run(args, workspace) };
  return { status: 200, headers: scopeHeaders(method, grant), body };
}

function grantOf(
  authorization: string | undefined,
  argument: string | undefined,
  { credentials }: WorkspaceState,
): Grant {
  const token = authorization?.replace(/^Bearer\s+/i, '') ?? argument;
  if (token === undefined || token === '') throw new ApiError('not_authed');
  if (token === credentials.botToken) return { kind: 'bot', scopes: credentials.botScopes };
  if (token === credentials.appToken) return { kind: 'app', scopes: credentials.appScopes };
  throw new ApiError('invalid_auth');
}

function checkGrant(method: ApiMethod, grant: Grant): void {
  if (method.token !== grant.kind) throw new ApiError('not_allowed_token_type');
  const wanted = method.scopes ?? [];
  if (wanted.length === 0 || wanted.some((scope) => grant.scopes.includes(scope))) return;
  throw new ApiError('missing_scope', { needed: wanted.join(','), provided: grant.scopes.join(',') });
}

function checkRate(method: ApiMethod, channel: string, { rateLimits }: WorkspaceState): void {
  let seconds = 0;
  if (method.onePerSecondPerChannel) seconds = rateLimits.onePerSecond(`${method.name} ${channel}`);
  if (method.perMinute !== undefined) seconds = rateLimits.perMinute(method.name, method.perMinute);
  if (seconds > 0) throw new ApiError('ratelimited', {}, seconds);
}

function scopeHeaders(method: ApiMethod, grant: Grant | undefined): Record<string, string> {
  if (grant === undefined) return {};
  return { 'x-oauth-scopes': grant.scopes.join(','), 'x-accepted-oauth-scopes': (method.scopes ?? []).join(',') };
}

function refusal(error: ApiError, method: ApiMethod | undefined, { credentials }: WorkspaceState): ApiResponse {
  const body = { ok: false, error: error.code, ...error.fields };
  if (error.retryAfter !== undefined) {
    return { status: 429, headers: { 'retry-after': String(error.retryAfter) }, body };
  }
  const headers: Record<string, string> =
    error.code === 'missing_scope' && method !== undefined
      ? scopeHeaders(method, { kind: 'bot', scopes: credentials.botScopes })
      : {};
  return { status: 200, headers, body };
}
