import { STATUS_CODES } from 'node:http';
import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, readJson, type Service } from '../http/exchange.ts';
import { isMap, mapOf } from '../support/values.ts';
import type { World } from '../world.ts';
import { applicationCredentialRoutes } from './application-credentials.ts';
import { catalog } from './catalog.ts';
import { identify, projectOfScope } from './identify.ts';
import { roleId, roleRoutes } from './roles.ts';
import type { KeystoneState, Project, Token, User } from './state.ts';
import { authenticated, findToken, forbidden, issueToken, subjectHeader, unauthorized } from './tokens.ts';

/** Keystone v3: tokens for passwords and tokens, and what they say. */
export const keystone: Service = {
  name: 'keystone',
  prefix: '/identity',
  routes: [
    { method: 'GET', path: '/', open: listVersions },
    { method: 'GET', path: '/v3', open: showVersion },
    { method: 'GET', path: '/v3/', open: showVersion },
    { method: 'POST', path: '/v3/auth/tokens', open: createToken },
    { method: 'GET', path: '/v3/auth/tokens', open: showToken },
    { method: 'DELETE', path: '/v3/auth/tokens', open: revokeToken },
    { method: 'GET', path: '/v3/auth/catalog', open: showCatalog },
    { method: 'GET', path: '/v3/auth/projects', open: listProjects },
    { method: 'GET', path: '/v3/OS-TRUST/trusts', open: listTrusts },
    ...applicationCredentialRoutes,
    ...roleRoutes,
  ],
  refuse: (error, exchange) => ({
    status: error.status,
    headers: error.status === 401 ? { 'www-authenticate': `Keystone uri="${exchange.url.origin}/identity/v3"` } : {},
    body: { error: { code: error.status, message: error.message, title: STATUS_CODES[error.status] ?? 'Error' } },
  }),
  // A real Keystone closes each connection; clients that keep it open must cope.
  headers: () => ({ vary: 'X-Auth-Token', connection: 'close' }),
};

function version(world: World): object {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${world.baseUrl}/identity/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

function listVersions(world: World): Reply {
  return {
    status: 300,
    headers: { location: `${world.baseUrl}/identity/v3/` },
    body: { versions: { values: [version(world)] } },
  };
}

function showVersion(world: World): Reply {
  return { status: 200, body: { version: version(world) } };
}

async function createToken(world: World, exchange: Exchange): Promise<Reply> {
  const auth = mapOf((await readJson(exchange)).auth);
  if (!isMap(auth.identity)) throw new ApiError(400, 'Bad Request', "'identity' is a required property");
  const who = identify(world.keystone, auth.identity);
  if (who.credential !== undefined && auth.scope !== undefined) throw scopeRefused();
  const project = auth.scope === undefined ? who.scoped : projectOfScope(world.keystone, mapOf(auth.scope));
  if (project !== undefined && !isAssigned(world.keystone, who.user, project)) throw unauthorized();
  const token = issueToken(world.keystone, who, project);
  return { status: 201, headers: { 'x-subject-token': token.id }, body: { token: tokenView(world, token) } };
}

function isAssigned(state: KeystoneState, user: User, project: Project): boolean {
  return state.assignments.some((one) => one.user.id === user.id && one.project.id === project.id);
}

function tokenView(world: World, token: Token): object {
  const { user, project } = token;
  const common = {
    methods: token.methods,
    user: { domain: user.domain, id: user.id, name: user.name, password_expires_at: null },
    audit_ids: [token.auditId],
    expires_at: token.expiresAt.toISOString().replace('Z', '000Z'),
    issued_at: token.issuedAt.toISOString().replace('Z', '000Z'),
  };
  if (project === undefined) return common;
  return {
    ...common,
    project: { domain: project.domain, id: project.id, name: project.name },
    is_domain: false,
    roles: token.roles.map((name) => ({ id: roleId(name), name })),
    catalog: catalog(world.baseUrl, project.id),
  };
}

function showToken(world: World, exchange: Exchange): Reply {
  authenticated(world, exchange);
  const token = subject(world, exchange);
  return { status: 200, headers: { 'x-subject-token': token.id }, body: { token: tokenView(world, token) } };
}

function revokeToken(world: World, exchange: Exchange): Reply {
  authenticated(world, exchange);
  world.keystone.tokens.delete(subject(world, exchange).id);
  return { status: 204 };
}

function showCatalog(world: World, exchange: Exchange): Reply {
  const token = authenticated(world, exchange);
  const entries = token.project === undefined ? [] : catalog(world.baseUrl, token.project.id);
  return { status: 200, body: { catalog: entries, links: { self: `${world.baseUrl}/identity/v3/auth/catalog` } } };
}

function listProjects(world: World, exchange: Exchange): Reply {
  const { user } = authenticated(world, exchange);
  const mine = world.keystone.assignments.filter((one) => one.user.id === user.id);
  const projects = mine.map(({ project }) => ({
    id: project.id,
    name: project.name,
    domain_id: project.domain.id,
    description: '',
    enabled: true,
    parent_id: project.domain.id,
    is_domain: false,
    tags: [],
    options: {},
    links: { self: `${world.baseUrl}/identity/v3/projects/${project.id}` },
  }));
  const self = `${world.baseUrl}/identity/v3/auth/projects`;
  return { status: 200, body: { projects, links: { next: null, self, previous: null } } };
}

/** A real one lists what Heat made; the playground's Heat needs no trusts, so that it makes none. */
function listTrusts(world: World, exchange: Exchange): Reply {
  if (authenticated(world, exchange).credential !== undefined)
    throw forbidden('Delegated tokens cannot manage trusts.');
  const self = `${world.baseUrl}/identity/v3/OS-TRUST/trusts`;
  return { status: 200, body: { trusts: [], links: { next: null, self, previous: null } } };
}

function subject(world: World, exchange: Exchange): Token {
  const token = findToken(world.keystone, subjectHeader(exchange));
  if (token === undefined) throw new ApiError(404, 'Not Found', 'Could not recognize Fernet token');
  return token;
}

function scopeRefused(): ApiError {
  return new ApiError(
    401,
    'Unauthorized',
    'Error authenticating with application credential: Application credentials cannot request a scope.',
  );
}
