import { ConfigError, isNotFound, OpenStackError } from '../../errors.ts';
import type { ServiceClient } from '../service-client.ts';
import { assertWithinLimits } from './request-limits.ts';
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

/** Heat checks the whole template and makes a trust before it answers. Milliseconds. */
export const acceptedWithinMs = 120_000;

/**
 * POST /stacks. Answers once Heat has accepted the stack, long before it is built. 409 if the name is taken, 400 for a
 * template or parameter that Heat refuses; then no stack exists. It is never sent twice: after an answer that was lost
 * look with findStack whether there is a stack.
 *
 * @throws ConfigError, before anything is sent, for a name, tag or size that Heat would refuse.
 */
export async function createStack(
  heat: ServiceClient,
  options: CreateStackOptions,
  signal?: AbortSignal,
): Promise<StackRef> {
  const doing = `Creating the Heat stack ${options.name}`;
  const { stack } = await heat.post<{ stack: { id: string } }>(['stacks'], {
    doing,
    ok: [201],
    body: createBody(doing, options),
    deadlineMs: acceptedWithinMs,
    signal,
  });
  return { name: options.name, id: stack.id };
}

/** What Heat is sent about a stack that is to be made. Throws ConfigError for what is beyond Heat's limits. */
export function createBody(doing: string, options: CreateStackOptions): object {
  const body = {
    stack_name: options.name,
    template: options.template,
    files: options.files,
    environment: options.environment,
    parameters: options.parameters,
    timeout_mins: options.timeoutMinutes,
    disable_rollback: !(options.rollback ?? false),
    tags: tagText(doing, options.tags),
  };
  assertWithinLimits(doing, body);
  return body;
}

/**
 * PATCH /stacks/{name}/{id}: changes the given parameters, and the template if one is given. Answers once Heat has
 * accepted it. Heat accepts it during another update too, which then ends where this one leads. 400 while the stack is
 * being deleted, 404 afterwards.
 *
 * @throws ConfigError, before anything is sent, for a tag or size that Heat would refuse.
 */
export async function updateStack(
  heat: ServiceClient,
  ref: StackRef,
  options: UpdateStackOptions,
  signal?: AbortSignal,
): Promise<void> {
  const doing = `Updating the Heat stack ${ref.name}`;
  await heat.call('PATCH', ['stacks', ref.name, ref.id], {
    doing,
    ok: [202],
    body: updateBody(doing, options),
    deadlineMs: acceptedWithinMs,
    signal,
  });
}

/** What Heat is sent about a change. Throws ConfigError for what is beyond Heat's limits. */
export function updateBody(doing: string, options: UpdateStackOptions): object {
  const body = {
    template: options.template,
    files: options.files,
    parameters: options.parameters,
    timeout_mins: options.timeoutMinutes,
    tags: tagText(doing, options.tags),
  };
  assertWithinLimits(doing, body);
  return body;
}

function tagText(doing: string, tags: readonly string[] | undefined): string | undefined {
  const split = tags?.find((tag) => tag.includes(','));
  if (split === undefined) return tags?.join(',');
  const problem = `the tag ${split} has a comma, at which Heat would take it apart`;
  throw new ConfigError(`${doing}: ${problem}`, [problem]);
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

/** Which stacks to list. Each of the three holds only for those that are given. */
export interface ListStacksOptions {
  /** All of these tags. */
  tags?: readonly string[];
  /** At least one of these tags. */
  anyTag?: readonly string[];
  /** None of these tags. */
  notAnyTag?: readonly string[];
  /** Also the stacks that other stacks are made of. */
  nested?: boolean;
  pageSize?: number;
}

/** GET /stacks, page by page: the stacks of the project. Deleted ones are not among them. */
export async function listStacks(
  heat: ServiceClient,
  { tags, anyTag, notAnyTag, nested, pageSize = 100 }: ListStacksOptions = {},
  signal?: AbortSignal,
): Promise<StackSummary[]> {
  const query = {
    tags: tags?.join(','),
    tags_any: anyTag?.join(','),
    not_tags_any: notAnyTag?.join(','),
    show_nested: nested,
    limit: pageSize,
  };
  const found: StackSummary[] = [];
  for (let marker: string | undefined; ; marker = found.at(-1)?.id) {
    const { stacks } = await heat.get<{ stacks: WireStack[] }>(['stacks'], {
      doing: 'Listing the Heat stacks',
      ok: [200],
      query: { ...query, marker },
      signal,
    });
    found.push(...stacks.map(stackSummaryFrom));
    if (stacks.length < pageSize) return found;
  }
}

/**
 * DELETE /stacks/{name}/{id}: Heat begins to delete, whatever the stack is doing, and again after DELETE_FAILED. Gone is
 * success.
 */
export async function deleteStack(heat: ServiceClient, ref: StackRef, signal?: AbortSignal): Promise<void> {
  await heat.delete(['stacks', ref.name, ref.id], {
    doing: `Deleting the Heat stack ${ref.name}`,
    ok: [204, 404],
    deadlineMs: acceptedWithinMs,
    signal,
  });
}
