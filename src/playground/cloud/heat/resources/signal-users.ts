import { addProject, addUser, assign, removeUser } from '../../keystone/people.ts';
import type { Project, User } from '../../keystone/state.ts';
import { issueToken } from '../../keystone/tokens.ts';
import { hexId } from '../../support/ids.ts';
import type { World } from '../../world.ts';
import type { Stack } from '../state.ts';

/** A user in Heat's own domain who may do nothing but signal. */
export interface SignalUser {
  user: User;
  project: Project;
}

/** Makes the user of a handle; all of a stack share one project, which is of no other use. */
export function createSignalUser(world: World, stack: Stack, name: string): SignalUser {
  const domain = world.keystone.domains.find((one) => one.name === 'heat');
  if (domain === undefined) throw new Error('Heat has no domain for its users');
  const { keystone } = world;
  const existing = keystone.projects.find(({ id }) => id === stack.userProjectId);
  const project = existing ?? addProject(keystone, domain, `${stack.rootId}-${stack.name}`, stack.userProjectId);
  const user = addUser(keystone, domain, name, hexId());
  assign(keystone, user, project, ['heat_stack_user']);
  return { user, project };
}

/** A token of such a user, as it goes into `curl_cli`. */
export function signalToken(world: World, { user, project }: SignalUser): string {
  return issueToken(world.keystone, { user, methods: ['password'] }, project).id;
}

/** Takes away what is left of a stack's users when it goes. */
export function removeSignalUsers({ keystone }: World, stack: Stack): void {
  const mine = keystone.assignments.filter(({ project }) => project.id === stack.userProjectId);
  for (const { user } of mine) removeUser(keystone, user.id);
  const index = keystone.projects.findIndex(({ id }) => id === stack.userProjectId);
  if (index >= 0) keystone.projects.splice(index, 1);
}
