import { hexId } from '../support/ids.ts';
import type { Assignment, Domain, KeystoneState, Project, User } from './state.ts';

/** The password of everybody in the playground. There is nothing to protect: it listens on this machine alone. */
export const playgroundPassword = 'playground';

const memberRoles = ['member', 'reader', 'heat_stack_owner'];

/** A Keystone with the three people of the playground: a member, one in another domain, and the administrator. */
export function newKeystone(tokenLifetimeMs: number): KeystoneState {
  const state: KeystoneState = {
    domains: [],
    projects: [],
    users: [],
    assignments: [],
    applicationCredentials: [],
    tokens: new Map(),
    tokenLifetimeMs,
  };
  const standard = addDomain(state, 'default', 'Default');
  const other = addDomain(state, hexId(), 'Playground');
  assign(state, addUser(state, standard, 'demo'), addProject(state, standard, 'demo'), memberRoles);
  const domainUser = addUser(state, other, 'domain-user');
  assign(state, domainUser, addProject(state, other, 'domain-project'), memberRoles);
  assign(state, addUser(state, standard, 'admin'), addProject(state, standard, 'admin'), ['admin', ...memberRoles]);
  // The domain that Heat keeps its own users in.
  addDomain(state, hexId(), 'heat');
  return state;
}

/** Adds a project. */
export function addProject(state: KeystoneState, domain: Domain, name: string, id = hexId()): Project {
  const project = { id, name, domain };
  state.projects.push(project);
  return project;
}

/** Adds a user. */
export function addUser(state: KeystoneState, domain: Domain, name: string, password = playgroundPassword): User {
  const user = { id: hexId(), name, password, domain };
  state.users.push(user);
  return user;
}

/** Gives a user roles in a project. */
export function assign(state: KeystoneState, user: User, project: Project, roles: readonly string[]): Assignment {
  const assignment = { user, project, roles };
  state.assignments.push(assignment);
  return assignment;
}

/** Forgets a user, and with them their tokens. */
export function removeUser(state: KeystoneState, userId: string): void {
  remove(state.users, (user) => user.id === userId);
  remove(state.assignments, ({ user }) => user.id === userId);
  for (const token of state.tokens.values()) {
    if (token.user.id === userId) state.tokens.delete(token.id);
  }
}

function addDomain(state: KeystoneState, id: string, name: string): Domain {
  const domain = { id, name };
  state.domains.push(domain);
  return domain;
}

function remove<T>(items: T[], gone: (item: T) => boolean): void {
  const index = items.findIndex(gone);
  if (index >= 0) items.splice(index, 1);
}
