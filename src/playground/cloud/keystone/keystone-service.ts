import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, readJson, type Service } from '../http/exchange.ts';
import { isMap, mapOf, textOf } from '../support/values.ts';
import type { World } from '../world.ts';
import { catalog } from './catalog.ts';
import type { Domain, KeystoneState, Project, Token, User } from './state.ts';
import { findToken, issueToken, unauthorized } from './tokens.ts';

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
  const { user, methods, scoped } = identify(world.keystone, auth.identity);
  const project = auth.scope === undefined ? scoped : projectOfScope(world.keystone, mapOf(auth.scope));
  if (project !== undefined && !isAssigned(world.keystone, user, project)) throw unauthorized();
  const token = issueToken(world.keystone, user, project, methods);
  return { status: 201, headers: { 'x-subject-token': token.id }, body: { token: tokenView(world, token) } };
}

interface Identified {
  user: User;
  methods: readonly string[];
  scoped: Project | undefined;
}

function identify(state: KeystoneState, identity: Record<string, unknown>): Identified {
  const methods = Array.isArray(identity.methods) ? identity.methods : [];
  if (methods.includes('password')) {
    return {
      user: userOfPassword(state, mapOf(mapOf(identity.password).user)),
      methods: ['password'],
      scoped: undefined,
    };
  }
  if (methods.includes('token')) {
    const token = findToken(state, textOf(mapOf(identity.token).id));
    if (token === undefined) throw unauthorized();
    return { user: token.user, methods: ['token', ...token.methods], scoped: token.project };
  }
  throw unauthorized();
}

function userOfPassword(state: KeystoneState, given: Record<string, unknown>): User {
  const user = state.users.find((candidate) => isNamed(candidate, given));
  if (user === undefined || user.password !== given.password) throw unauthorized();
  return user;
}

function projectOfScope(state: KeystoneState, scope: Record<string, unknown>): Project | undefined {
  if (!isMap(scope.project)) return undefined;
  const given = scope.project;
  const project = state.projects.find((candidate) => isNamed(candidate, given));
  if (project === undefined) throw unauthorized();
  return project;
}

function isNamed(candidate: { id: string; name: string; domain: Domain }, given: Record<string, unknown>): boolean {
  if (given.id !== undefined) return candidate.id === given.id;
  const domain = mapOf(given.domain);
  const inDomain = domain.id === candidate.domain.id || domain.name === candidate.domain.name;
  return inDomain && candidate.name === given.name;
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

function roleId(name: string): string {
  return createHash('md5').update(`role ${name}`).digest('hex');
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

function authenticated(world: World, exchange: Exchange): Token {
  const token = findToken(world.keystone, header(exchange, 'x-auth-token'));
  if (token === undefined) throw unauthorized();
  return token;
}

function subject(world: World, exchange: Exchange): Token {
  const token = findToken(world.keystone, header(exchange, 'x-subject-token'));
  if (token === undefined) throw new ApiError(404, 'Not Found', 'Could not recognize Fernet token');
  return token;
}

function header(exchange: Exchange, name: string): string | undefined {
  const value = exchange.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
