import { ApiError } from '../http/api-error.ts';
import { isMap, mapOf, textOf } from '../support/values.ts';
import type { ApplicationCredential, Domain, KeystoneState, Project, User } from './state.ts';
import { findToken, forbidden, type Identified, unauthorized } from './tokens.ts';

/** Who asks for a token, by the first method that the request names and shows. */
export function identify(state: KeystoneState, identity: Record<string, unknown>): Identified {
  const methods = Array.isArray(identity.methods) ? identity.methods : [];
  if (methods.includes('password')) {
    return { user: userOfPassword(state, mapOf(mapOf(identity.password).user)), methods: ['password'] };
  }
  if (methods.includes('token')) return byToken(state, textOf(mapOf(identity.token).id));
  if (methods.includes('application_credential')) return byCredential(state, mapOf(identity.application_credential));
  throw unauthorized();
}

/** The project that a token is asked for. */
export function projectOfScope(state: KeystoneState, scope: Record<string, unknown>): Project | undefined {
  if (!isMap(scope.project)) return undefined;
  const given = scope.project;
  const project = state.projects.find((candidate) => isNamed(candidate, given));
  if (project === undefined) throw unauthorized();
  return project;
}

function userOfPassword(state: KeystoneState, given: Record<string, unknown>): User {
  const user = state.users.find((candidate) => isNamed(candidate, given));
  if (user === undefined || user.password !== given.password) throw unauthorized();
  return user;
}

function byToken(state: KeystoneState, id: string | undefined): Identified {
  const token = findToken(state, id);
  if (token === undefined) throw new ApiError(404, 'Not Found', 'Could not recognize Fernet token');
  if (token.credential !== undefined) {
    throw forbidden('Using a delegated token to create another token is not allowed.');
  }
  return {
    user: token.user,
    methods: [...new Set([...token.methods, 'token'])],
    scoped: token.project,
    notAfter: token.expiresAt,
  };
}

function byCredential(state: KeystoneState, given: Record<string, unknown>): Identified {
  const credential = state.applicationCredentials.find((candidate) => isMeant(candidate, given));
  if (credential === undefined) {
    const which = textOf(given.id) ?? textOf(given.name) ?? '';
    throw new ApiError(404, 'Not Found', `Could not find Application Credential: ${which}.`);
  }
  const expired = credential.expiresAt !== undefined && credential.expiresAt.getTime() <= Date.now();
  if (credential.secret !== given.secret || expired) throw unauthorized();
  return { user: credential.user, methods: ['application_credential'], scoped: credential.project, credential };
}

/** By its id, or by its name and its user. */
function isMeant(credential: ApplicationCredential, given: Record<string, unknown>): boolean {
  if (given.id !== undefined) return credential.id === given.id;
  return credential.name === given.name && isNamed(credential.user, mapOf(given.user));
}

function isNamed(candidate: { id: string; name: string; domain: Domain }, given: Record<string, unknown>): boolean {
  if (given.id !== undefined) return candidate.id === given.id;
  const domain = mapOf(given.domain);
  const inDomain = domain.id === candidate.domain.id || domain.name === candidate.domain.name;
  return inDomain && candidate.name === given.name;
}
