import { ApiError } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';
import { hexId, opaqueToken } from '../support/ids.ts';
import type { World } from '../world.ts';
import type { ApplicationCredential, Caller, KeystoneState, Project, Token, User } from './state.ts';

/** Who was found to ask, and by what. */
export interface Identified {
  user: User;
  methods: readonly string[];
  /** The project that comes with what was shown. */
  scoped?: Project | undefined;
  credential?: ApplicationCredential;
  /** A token made of a token lives no longer than that. */
  notAfter?: Date;
}

/** Issues a token for a user, scoped to a project or to nothing. */
export function issueToken(state: KeystoneState, who: Identified, project: Project | undefined): Token {
  const { user, methods, credential, notAfter } = who;
  const issuedAt = new Date();
  const assignment = state.assignments.find((one) => one.user.id === user.id && one.project.id === project?.id);
  const token: Token = {
    id: opaqueToken(),
    user,
    project,
    roles: credential?.roles ?? assignment?.roles ?? [],
    methods,
    credential,
    auditId: hexId().slice(0, 22),
    issuedAt,
    expiresAt: notAfter ?? new Date(issuedAt.getTime() + state.tokenLifetimeMs),
  };
  state.tokens.set(token.id, token);
  return token;
}

/** The token of that id, if it still counts. */
export function findToken(state: KeystoneState, id: string | undefined): Token | undefined {
  const token = id === undefined ? undefined : state.tokens.get(id);
  if (token === undefined || token.expiresAt.getTime() > Date.now()) return token;
  state.tokens.delete(token.id);
  return undefined;
}

/** Who sends this request. 401 without a token that counts in a project. */
export function authenticate(state: KeystoneState, exchange: Exchange): Caller {
  const token = findToken(state, header(exchange, 'x-auth-token'));
  if (token?.project === undefined) throw unauthorized();
  return callerOf(token, token.project);
}

/** The token that sends a request to Keystone itself, whatever it is good for. 401 without one that counts. */
export function authenticated(world: World, exchange: Exchange): Token {
  const token = findToken(world.keystone, header(exchange, 'x-auth-token'));
  if (token === undefined) throw unauthorized();
  return token;
}

/** The id of the token that a request to Keystone is about. */
export function subjectHeader(exchange: Exchange): string | undefined {
  return header(exchange, 'x-subject-token');
}

function header(exchange: Exchange, name: string): string | undefined {
  const value = exchange.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** 403, with two full stops, as Keystone has it. */
export function forbidden(action: string): ApiError {
  return new ApiError(403, 'Forbidden', `You are not authorized to perform the requested action: ${action}.`);
}

/** The answer to somebody unknown. */
export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'The request you have made requires authentication.');
}

function callerOf(token: Token, project: Project): Caller {
  return {
    userId: token.user.id,
    userName: token.user.name,
    projectId: project.id,
    projectName: project.name,
    domainId: token.user.domain.id,
    roles: token.roles,
    isAdmin: token.roles.includes('admin'),
    delegated: token.credential !== undefined,
  };
}
