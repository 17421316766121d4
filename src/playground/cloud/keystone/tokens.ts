import { ApiError } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';
import { hexId, opaqueToken } from '../support/ids.ts';
import type { Caller, KeystoneState, Project, Token, User } from './state.ts';

/** Issues a token for a user, scoped to a project or to nothing. */
export function issueToken(
  state: KeystoneState,
  user: User,
  project: Project | undefined,
  methods: readonly string[],
): Token {
  const issuedAt = new Date();
  const assignment = state.assignments.find((one) => one.user.id === user.id && one.project.id === project?.id);
  const token: Token = {
    id: opaqueToken(),
    user,
    project,
    roles: assignment?.roles ?? [],
    methods,
    auditId: hexId().slice(0, 22),
    issuedAt,
    expiresAt: new Date(issuedAt.getTime() + state.tokenLifetimeMs),
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
  const header = exchange.headers['x-auth-token'];
  const token = findToken(state, Array.isArray(header) ? header[0] : header);
  if (token?.project === undefined) throw unauthorized();
  return callerOf(token, token.project);
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
  };
}
