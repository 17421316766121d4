import { randomBytes } from 'node:crypto';
import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, type Route, readJson } from '../http/exchange.ts';
import { hexId } from '../support/ids.ts';
import { mapOf, textOf } from '../support/values.ts';
import type { World } from '../world.ts';
import { roleId } from './roles.ts';
import type { ApplicationCredential, Token } from './state.ts';
import { authenticated, forbidden } from './tokens.ts';

const path = '/v3/users/:user/application_credentials';

/** A user's application credentials. */
export const applicationCredentialRoutes: readonly Route[] = [
  { method: 'GET', path, open: list },
  { method: 'POST', path, open: create },
  { method: 'GET', path: `${path}/:id`, open: show },
  { method: 'DELETE', path: `${path}/:id`, open: remove },
];

async function create(world: World, exchange: Exchange): Promise<Reply> {
  const token = owner(world, exchange);
  refuseRestricted(token);
  const given = mapOf(mapOf(await readJson(exchange)).application_credential);
  const name = textOf(given.name) ?? '';
  if (name === '') throw new ApiError(400, 'Bad Request', "'name' is a required property");
  if (of(world, token).some((one) => one.name === name)) {
    throw new ApiError(
      409,
      'Conflict',
      `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${name}.`,
    );
  }
  const credential = credentialFrom(token, name, given);
  world.keystone.applicationCredentials.push(credential);
  return { status: 201, body: { application_credential: { ...view(world, credential), secret: credential.secret } } };
}

function credentialFrom(token: Token, name: string, given: Record<string, unknown>): ApplicationCredential {
  if (token.project === undefined) throw forbidden('identity:create_application_credential');
  const expires = textOf(given.expires_at);
  return {
    id: hexId(),
    name,
    description: textOf(given.description) ?? null,
    secret: textOf(given.secret) ?? randomBytes(64).toString('base64url'),
    user: token.user,
    project: token.project,
    roles: rolesFrom(token, given.roles),
    unrestricted: given.unrestricted === true,
    expiresAt: expires === undefined ? undefined : new Date(expires.endsWith('Z') ? expires : `${expires}Z`),
  };
}

function rolesFrom(token: Token, given: unknown): readonly string[] {
  if (!Array.isArray(given) || given.length === 0) return token.roles;
  const names = given.map((role) => textOf(mapOf(role).name) ?? '');
  const missing = names.find((name) => !token.roles.includes(name));
  if (missing === undefined) return names;
  throw new ApiError(
    400,
    'Bad Request',
    `Invalid application credential: Could not find role assignment with role: ${missing}.`,
  );
}

function list(world: World, exchange: Exchange): Reply {
  const token = owner(world, exchange);
  const name = exchange.query.get('name');
  const found = of(world, token).filter((one) => name === null || one.name === name);
  const self = `${world.baseUrl}/identity${exchange.url.pathname}`;
  return {
    status: 200,
    body: {
      application_credentials: found.map((one) => view(world, one)),
      links: { next: null, self, previous: null },
    },
  };
}

function show(world: World, exchange: Exchange): Reply {
  return { status: 200, body: { application_credential: view(world, find(world, exchange)) } };
}

function remove(world: World, exchange: Exchange): Reply {
  refuseRestricted(owner(world, exchange));
  const credential = find(world, exchange);
  const { applicationCredentials, tokens } = world.keystone;
  applicationCredentials.splice(applicationCredentials.indexOf(credential), 1);
  for (const token of tokens.values()) {
    if (token.credential === credential) tokens.delete(token.id);
  }
  return { status: 204 };
}

/** Everybody sees their own alone. */
function owner(world: World, exchange: Exchange): Token {
  const token = authenticated(world, exchange);
  if (token.user.id === exchange.params.user) return token;
  throw forbidden('identity:list_application_credentials');
}

function refuseRestricted({ credential }: Token): void {
  if (credential === undefined || credential.unrestricted) return;
  throw forbidden(
    "Using method 'application_credential' is not allowed for managing additional application credentials.",
  );
}

function find(world: World, exchange: Exchange): ApplicationCredential {
  const found = of(world, owner(world, exchange)).find(({ id }) => id === exchange.params.id);
  if (found !== undefined) return found;
  throw new ApiError(404, 'Not Found', `Could not find Application Credential: ${exchange.params.id}.`);
}

function of(world: World, { user }: Token): ApplicationCredential[] {
  return world.keystone.applicationCredentials.filter((one) => one.user.id === user.id);
}

function view(world: World, credential: ApplicationCredential): object {
  const { id, name, description, user, project, roles, unrestricted, expiresAt } = credential;
  return {
    id,
    name,
    description,
    user_id: user.id,
    project_id: project.id,
    system: null,
    expires_at: expiresAt === undefined ? null : expiresAt.toISOString().replace('Z', '000'),
    unrestricted,
    roles: roles.map((role) => ({ id: roleId(role), name: role })),
    links: { self: `${world.baseUrl}/identity/v3/application_credentials/${id}` },
  };
}
