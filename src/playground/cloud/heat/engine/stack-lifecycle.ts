import type { Caller } from '../../keystone/state.ts';
import { hexId, uuid } from '../../support/ids.ts';
import type { World } from '../../world.ts';
import { failureLine, ResourceFailed } from '../errors.ts';
import type { Engine, NestedSource, ResourceLook, ResourceWork } from '../resources/resource-type.ts';
import { removeSignalUsers } from '../resources/signal-users.ts';
import type { Action, Stack, StackSource, Traversal } from '../state.ts';
import { parameterValues } from '../template/parameters.ts';
import { activeTemplate } from './active-template.ts';
import { setStackState } from './events.ts';
import { dependencyGraph, type Graph, reversed } from './graph.ts';
import { attributeOf, outputOf, referenceOf } from './looks.ts';
import { ensureResource, newResource, removeResource, type Site } from './resource-lifecycle.ts';
import { walk } from './scheduler.ts';
import { validateStack } from './validate.ts';

/** The engine, for the resource types that have stacks inside. */
export const engine: Engine = {
  createNested,
  updateNested,
  deleteNested,
  nestedStack,
  attribute: (world, stack, resource, name, path = []) => attributeOf(world, engine, stack, resource, name, path),
  reference: (world, stack, resource) => referenceOf(world, engine, stack, resource),
  output: (world, stack, name) => outputOf(world, engine, stack, name),
};

/** What brings a stack's resources to where its template wants them. */
type Run = 'CREATE' | 'UPDATE' | 'ROLLBACK';

/** Heat's own default for a stack without a timeout. */
const usualTimeoutMinutes = 60;

const cancelled = 'user triggered cancel';
const timedOut = 'Timed out';

/** Makes a stack after checking it, and begins with its resources. 400 for what is not right with it. */
export function createStack(
  world: World,
  owner: Caller,
  name: string,
  source: StackSource,
  parent?: Stack['parent'],
): Stack {
  const id = uuid();
  const above = parent === undefined ? undefined : world.heat.stacks.get(parent.stackId);
  const parameters = checkedParameters(world, owner, { id, name }, source);
  const stack: Stack = {
    ...source,
    id,
    name,
    owner,
    parent,
    before: undefined,
    rootId: above?.rootId ?? id,
    userProjectId: above?.userProjectId ?? hexId(),
    parameters,
    active: activeTemplate({ ...source, parameters }),
    action: 'CREATE',
    status: 'IN_PROGRESS',
    reason: 'Stack CREATE started',
    createdAt: new Date(),
    updatedAt: undefined,
    deletedAt: undefined,
    resources: new Map(),
    traversal: undefined,
  };
  world.heat.stacks.set(id, stack);
  begin(world, stack, 'CREATE');
  return stack;
}

/** Turns a stack into something else after checking that, and begins with the changes. */
export function updateStack(world: World, stack: Stack, source: StackSource): void {
  const parameters = checkedParameters(world, stack.owner, stack, source);
  const active = activeTemplate({ ...source, parameters });
  const { template, files, given, tags, timeoutMinutes } = stack;
  const before = { template, files, given, tags, timeoutMinutes };
  Object.assign(stack, source, { parameters, active, before, updatedAt: new Date() });
  begin(world, stack, 'UPDATE');
}

/** Stops a creation or an update where it is. */
export function cancelStack(stack: Stack): void {
  stack.traversal?.abort.abort(cancelled);
}

/** Stops an update, and leads back to what was before it. */
export function rollBackStack(world: World, stack: Stack): void {
  const { before } = stack;
  cancelStack(stack);
  if (before === undefined) return;
  const parameters = checkedParameters(world, stack.owner, stack, before);
  Object.assign(stack, before, { parameters, active: activeTemplate({ ...before, parameters }) });
  begin(world, stack, 'ROLLBACK');
}

/** Begins to take a stack away, whatever it is doing. */
export function deleteStack(world: World, stack: Stack): void {
  const previous = stack.traversal;
  previous?.abort.abort(cancelled);
  if (stack.action !== 'DELETE') stack.updatedAt = new Date();
  const traversal = newTraversal(stack);
  setStackState(world, stack, 'DELETE', 'IN_PROGRESS', 'Stack DELETE started');
  traversal.settled = after(previous, () => takeDown(siteOf(world, stack, traversal)));
}

/** 400 if a stack of that source could not be made; the values of its parameters otherwise. */
export function checkedParameters(
  world: World,
  owner: Caller,
  { id, name }: { id: string; name: string },
  { template, files, given }: Pick<StackSource, 'template' | 'files' | 'given'>,
): Map<string, unknown> {
  const pseudo = { 'OS::stack_name': name, 'OS::stack_id': id, 'OS::project_id': owner.projectId };
  const parameters = parameterValues(world, owner, template, given, pseudo);
  validateStack(world, owner, { template, files, parameters });
  return parameters;
}

function begin(world: World, stack: Stack, action: Run): void {
  const previous = stack.traversal;
  if (previous !== undefined) previous.superseded = true;
  const traversal = newTraversal(stack);
  setStackState(world, stack, action, 'IN_PROGRESS', `Stack ${action} started`);
  traversal.settled = after(previous, () => converge(siteOf(world, stack, traversal), traversal, action));
}

function newTraversal(stack: Stack): Traversal {
  const traversal: Traversal = { abort: new AbortController(), superseded: false, settled: Promise.resolve() };
  stack.traversal = traversal;
  return traversal;
}

function siteOf(world: World, stack: Stack, traversal: Traversal): Site {
  return { world, engine, stack, signal: traversal.abort.signal };
}

/** Runs are one after another: what the last one still has under way ends first. */
async function after(previous: Traversal | undefined, run: () => Promise<void>): Promise<void> {
  await previous?.settled;
  await run();
}

async function converge(site: Site, traversal: Traversal, action: Run): Promise<void> {
  const { world, stack, signal } = site;
  const minutes = stack.timeoutMinutes ?? usualTimeoutMinutes;
  const timer = setTimeout(() => traversal.abort.abort(timedOut), (minutes || usualTimeoutMinutes) * 60_000);
  timer.unref();
  const failures = new Failures(site, action);
  const halted = (): boolean => failures.happened || traversal.superseded || signal.aborted;
  const graph = prepare(stack);
  await walk(
    graph,
    (name) => failures.of(name, () => ensureByName(site, name, action === 'CREATE' ? 'CREATE' : 'UPDATE')),
    halted,
  );
  if (!halted()) await removeObsolete(site, graph, failures, halted);
  clearTimeout(timer);
  if (signal.aborted) {
    const reason = signal.reason === timedOut ? timedOut : `Stack ${action} cancelled`;
    if (stack.traversal === traversal) setStackState(world, stack, action, 'FAILED', reason);
  } else if (!halted()) {
    setStackState(world, stack, action, 'COMPLETE', `Stack ${action} completed successfully`);
  }
}

/** Enters the resources that are new, and what is needed by what. */
function prepare(stack: Stack): Graph {
  const graph = dependencyGraph(stack.active, stack.files);
  const neededBy = reversed(graph);
  for (const [name, others] of neededBy) {
    const definition = stack.active.resources.get(name);
    if (definition === undefined) continue;
    const resource = stack.resources.get(name) ?? newResource(stack, definition);
    resource.requiredBy = [...others];
    stack.resources.set(name, resource);
  }
  return graph;
}

async function ensureByName(site: Site, name: string, action: Action): Promise<void> {
  const definition = site.stack.active.resources.get(name);
  if (definition !== undefined) await ensureResource(site, definition, action);
}

async function removeObsolete(site: Site, graph: Graph, failures: Failures, halted: () => boolean): Promise<void> {
  const names = [...site.stack.resources.keys()].filter((name) => !graph.has(name));
  await removeByName(site, names, failures, halted);
}

/** Takes resources away in the reverse order of their creation. */
function removeByName(
  site: Site,
  names: readonly string[],
  failures: Failures,
  halted: () => boolean,
): Promise<Set<string>> {
  const { stack } = site;
  const graph = new Map(
    names.map((name) => [
      name,
      new Set(stack.resources.get(name)?.requiredBy.filter((other) => names.includes(other))),
    ]),
  );
  return walk(
    graph,
    (name) =>
      failures.of(name, async () => {
        const resource = stack.resources.get(name);
        if (resource !== undefined) await removeResource(site, resource);
        stack.resources.delete(name);
      }),
    halted,
  );
}

async function takeDown(site: Site): Promise<void> {
  const { world, stack, signal } = site;
  const failures = new Failures(site, 'DELETE');
  await removeByName(site, [...stack.resources.keys()], failures, () => signal.aborted);
  if (signal.aborted || failures.happened) return;
  stack.deletedAt = new Date();
  if (stack.parent === undefined) removeSignalUsers(world, stack);
  setStackState(world, stack, 'DELETE', 'COMPLETE', 'Stack DELETE completed successfully');
}

/** The failures of one run: the first is the stack's reason, each is an event. */
class Failures {
  happened = false;
  readonly #site: Site;
  readonly #action: Action;

  constructor(site: Site, action: Action) {
    this.#site = site;
    this.#action = action;
  }

  /** Does something to a resource; the stack hears of it if that fails, unless the run was called off. */
  async of(name: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!this.#site.signal.aborted) this.#record(name, error);
      throw error;
    }
  }

  #record(name: string, error: unknown): void {
    const { world, stack } = this.#site;
    if (!(error instanceof ResourceFailed))
      world.log.error({ err: error, stack: stack.name, resource: name }, 'the engine stumbled');
    const first = this.happened ? stack.reason : undefined;
    this.happened = true;
    const what = stack.resources.get(name)?.action ?? this.#action;
    const message = error instanceof Error ? error.message : String(error);
    setStackState(world, stack, this.#action, 'FAILED', `Resource ${what} failed: ${message}`);
    stack.reason = first ?? stack.reason;
  }
}

async function createNested(work: ResourceWork, source: NestedSource): Promise<void> {
  const { world, stack, resource, caller } = work;
  const parent = { stackId: stack.id, resource: resource.name };
  const child = createStack(world, caller, resource.physicalName, nestedSource(stack, source), parent);
  resource.physicalId = child.id;
  resource.nestedStackId = child.id;
  await outcome(work, child);
}

async function updateNested(work: ResourceWork, source: NestedSource): Promise<void> {
  const child = nestedStack(work);
  if (child === undefined) return createNested(work, source);
  updateStack(work.world, child, nestedSource(work.stack, source));
  return outcome(work, child);
}

async function deleteNested(work: ResourceWork): Promise<void> {
  const child = nestedStack(work);
  if (child === undefined || child.deletedAt !== undefined) return;
  deleteStack(work.world, child);
  await outcome(work, child);
}

function nestedStack({ world, resource }: ResourceLook): Stack | undefined {
  return world.heat.stacks.get(resource.nestedStackId ?? '');
}

function nestedSource(stack: Stack, { template, parameters }: NestedSource): StackSource {
  return { template, files: stack.files, given: parameters, tags: [], timeoutMinutes: stack.timeoutMinutes };
}

/** Waits until a nested stack has come to rest; its failure is its resource's. */
async function outcome({ resource, signal }: ResourceWork, child: Stack): Promise<void> {
  const { traversal } = child;
  const stop = (): void => traversal?.abort.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  await traversal?.settled;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (child.status === 'FAILED') throw new ResourceFailed(inheritedFailure(resource.name, child.reason));
}

/** Heat takes a nested stack's reason apart at its colons, and puts its own resource into the path. */
function inheritedFailure(name: string, reason: string): string {
  const [, rest] = /^Resource \w+ failed: (.*)$/s.exec(reason) ?? [];
  if (rest === undefined) return failureLine('', `resources.${name}`, reason);
  const [error = '', path = '', ...message] = rest.split(': ');
  return failureLine(error, `resources.${name}.${path}`, message.join(': '));
}
