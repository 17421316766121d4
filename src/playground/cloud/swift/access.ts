import type { Exchange } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import { authenticate } from '../keystone/tokens.ts';
import type { World } from '../world.ts';
import { swiftError } from './errors.ts';
import type { Container } from './state.ts';
import { checkSignature, isSigned, type Reach } from './temp-url.ts';

/** What a request wants to do, as far as permission goes. */
export type Intent = 'list' | 'read' | 'write' | 'own';

/**
 * Lets a request through that its token, its signature or the container's ACL allows, as Swift with Keystone does:
 * 401 to the unknown, 403 to those who may not. Answers how far that permission reaches.
 */
export function authorize(world: World, exchange: Exchange, intent: Intent): Reach {
  const { account = '', container } = exchange.params;
  const projectId = projectOf(account);
  if (container !== undefined && exchange.params.object !== undefined && isSigned(exchange)) {
    return checkSignature(world.swift, exchange, projectId, container);
  }
  const shared = container === undefined ? undefined : world.swift.accounts.get(projectId)?.containers.get(container);
  const caller = callerOf(world, exchange, account);
  if (caller !== undefined && owns(caller, projectId)) return 'account';
  if (shared !== undefined && aclAllows(shared, intent, caller, exchange)) return 'account';
  throw caller === undefined ? unauthorized(exchange, account) : swiftError(403);
}

/** The project id in the name of an account. */
export function projectOf(account: string): string {
  return account.replace(/^AUTH_/, '');
}

function callerOf(world: World, exchange: Exchange, account: string): Caller | undefined {
  if (exchange.headers['x-auth-token'] === undefined) return undefined;
  try {
    return authenticate(world.keystone, exchange);
  } catch {
    throw unauthorized(exchange, account);
  }
}

function owns(caller: Caller, projectId: string): boolean {
  return caller.isAdmin || (caller.projectId === projectId && caller.roles.includes('member'));
}

function aclAllows(container: Container, intent: Intent, caller: Caller | undefined, exchange: Exchange): boolean {
  if (intent === 'own') return false;
  const acl = container.headers.get(intent === 'write' ? 'x-container-write' : 'x-container-read') ?? '';
  const grants = acl.split(',').map((grant) => grant.trim());
  const isPublic = intent !== 'write' && grants.includes('.r:*');
  if (isPublic && (intent === 'read' || grants.includes('.rlistings'))) return exchange.method !== 'POST';
  return caller !== undefined && grants.some((grant) => grantNames(grant, caller));
}

function grantNames(grant: string, caller: Caller): boolean {
  const [project, user] = grant.split(':');
  return [caller.projectId, '*'].includes(project ?? '') && [caller.userId, '*'].includes(user ?? '');
}

function unauthorized(exchange: Exchange, account: string): Error {
  return swiftError(401, {
    'www-authenticate': `Swift realm="${account}", Keystone uri="${exchange.url.origin}/identity"`,
  });
}
