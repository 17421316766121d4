import { isNotFound, OpenStackError } from '../../errors.ts';
import type { ServiceClient } from '../service-client.ts';
import { type Stack, type StackSummary, stackFrom, stackSummaryFrom, type WireStack } from './stack.ts';

/** A stack for certain: the name alone stays free for another one to take after a deletion. */
export interface StackRef {
  name: string;
  id: string;
}

/** A template as an object or as YAML text, and the files that it refers to (see loadTemplate). */
export interface StackTemplate {
  template: object | string;
  files?: Readonly<Record<string, string>>;
}

export interface CreateStackOptions extends StackTemplate {
  /** Letters, digits, `_`, `.` and `-`, a letter first, at most 255. Unique in the project. */
  name: string;
  parameters: Readonly<Record<string, unknown>>;
  /** Heat gives up after that long; its own default is 60. */
  timeoutMinutes?: number;
  /** At most 80 characters each, without commas. */
  tags?: readonly string[];
  environment?: object;
  /** Default false: a failed stack is kept, since its events are what the operator reads. */
  rollback?: boolean;
}

export interface UpdateStackOptions extends Partial<StackTemplate> {
  /** The parameters to change; the others keep their values. */
  parameters: Readonly<Record<string, unknown>>;
  timeoutMinutes?: number;
  tags?: readonly string[];
}

/** Heat checks the whole template and makes a trust before it answers. */
const acceptedWithinMs = 120_000;

/**
 * POST /stacks. Answers once Heat has accepted the stack, long before it is built. 409 if the name is taken, 400 for a
 * template or parameter that Heat refuses; then no stack exists.
 */
export async function createStack(
  heat: ServiceClient,
  options: CreateStackOptions,
  signal?: AbortSignal,
): Promise<StackRef> {
  const { stack } = await heat.post<{ stack: { id: string } }>(['stacks'], {
    doing: `Creating the Heat stack ${options.name}`,
    ok: [201],
    body: {
      stack_name: options.name,
      template: options.template,
      files: options.files,
      environment: options.environment,
      parameters: options.parameters,
      timeout_mins: options.timeoutMinutes,
      disable_rollback: !(options.rollback ?? false),
      tags: options.tags?.join(','),
    },
    deadlineMs: acceptedWithinMs,
    signal,
  });
  return { name: options.name, id: stack.id };
}

/**
 * PATCH /stacks/{name}/{id}: changes the given parameters, and the template if one is given. Answers once Heat has
 * accepted it. Heat accepts it during another update too, which then ends where this one leads.
 */
export async function updateStack(
  heat: ServiceClient,
  ref: StackRef,
  options: UpdateStackOptions,
  signal?: AbortSignal,
): Promise<void> {
  await heat.call('PATCH', ['stacks', ref.name, ref.id], {
    doing: `Updating the Heat stack ${ref.name}`,
    ok: [202],
    body: {
      template: options.template,
      files: options.files,
      parameters: options.parameters,
      timeout_mins: options.timeoutMinutes,
      tags: options.tags?.join(','),
    },
    deadlineMs: acceptedWithinMs,
    signal,
  });
}

/**
 * The stack that has the name now, or undefined when the name is free: a stack keeps it for a moment after it has
 * become DELETE_COMPLETE. GET /stacks/{name} answers 302 with the id in Location; only the id is taken from there,
 * because behind a proxy the address in it may lead elsewhere.
 */
export async function findStack(heat: ServiceClient, name: string, signal?: AbortSignal): Promise<Stack | undefined> {
  const path = ['stacks', name];
  const answer = await heat.call('GET', path, {
    doing: `Looking for the Heat stack ${name}`,
    ok: [302, 404],
    signal,
  });
  if (answer.status === 404) return undefined;
  const id = new URL(answer.headers.location ?? '', 'http://heat').pathname.split('/').at(-1);
  if (!id) {
    throw new OpenStackError(
      `Looking for the Heat stack ${name}: Heat redirects without saying where to`,
      { service: 'Heat', method: 'GET', path: `/${path.join('/')}`, status: 302 },
      { retryable: false },
    );
  }
  try {
    return await getStack(heat, { name, id }, { resolveOutputs: false }, signal);
  } catch (error) {
    if (isNotFound(error)) return undefined; // gone between the two calls
    throw error;
  }
}

/**
 * GET /stacks/{name}/{id}. Goes on answering for a while after the deletion, with DELETE_COMPLETE; 404 later. Outputs
 * cost Heat a look at every resource: leave `resolveOutputs` false while polling.
 */
export async function getStack(
  heat: ServiceClient,
  ref: StackRef,
  { resolveOutputs }: { resolveOutputs: boolean },
  signal?: AbortSignal,
): Promise<Stack> {
  const { stack } = await heat.get<{ stack: WireStack }>(['stacks', ref.name, ref.id], {
    doing: `Reading the Heat stack ${ref.name}`,
    ok: [200],
    query: { resolve_outputs: resolveOutputs },
    signal,
  });
  return stackFrom(stack);
}

/** All stacks of the project that carry all of `tags`; with `nested` also those that other stacks are made of. */
export async function listStacks(
  heat: ServiceClient,
  options: { tags?: readonly string[]; nested?: boolean; pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<StackSummary[]> {
  const limit = options.pageSize ?? 100;
  const found: StackSummary[] = [];
  for (let marker: string | undefined; ; marker = found.at(-1)?.id) {
    const { stacks } = await heat.get<{ stacks: WireStack[] }>(['stacks'], {
      doing: 'Listing the Heat stacks',
      ok: [200],
      query: { tags: options.tags?.join(','), show_nested: options.nested, limit, marker },
      signal,
    });
    found.push(...stacks.map(stackSummaryFrom));
    if (stacks.length < limit) return found;
  }
}

/** DELETE /stacks/{name}/{id}: Heat begins to delete, whatever the stack is doing. Gone is success. */
export async function deleteStack(heat: ServiceClient, ref: StackRef, signal?: AbortSignal): Promise<void> {
  await heat.delete(['stacks', ref.name, ref.id], {
    doing: `Deleting the Heat stack ${ref.name}`,
    ok: [204, 404],
    deadlineMs: acceptedWithinMs,
    signal,
  });
}
