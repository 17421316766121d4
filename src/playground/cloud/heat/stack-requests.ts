import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, readJson } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import { htmlPage } from '../support/html.ts';
import { mapOf, textOf } from '../support/values.ts';
import type { World } from '../world.ts';
import {
  checkedParameters,
  createStack,
  deleteStack,
  type StackSource,
  updateStack,
} from './engine/stack-lifecycle.ts';
import { validateTemplateForm } from './engine/validate.ts';
import { badRequest, invalid } from './errors.ts';
import { checkProject, stackInPath } from './find-stack.ts';
import { shownValue } from './template/parameters.ts';
import { parseTemplate } from './template/parse-template.ts';
import { stackUrl } from './views.ts';

/** POST /stacks */
export async function postStack(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  checkProject(exchange, caller);
  const body = await readJson(exchange);
  const name = stackName(body);
  const source = sourceOf(body);
  checkFree(world, caller, name);
  const stack = createStack(world, caller, name, source);
  if (world.faults.strikes('quota')) world.nova.quota.ram = 1024;
  const href = stackUrl(world, stack);
  return {
    status: 201,
    headers: { location: href },
    body: { stack: { id: stack.id, links: [{ href, rel: 'self' }] } },
  };
}

/** PUT and PATCH /stacks/:name/:id: in full, or on top of what is there. */
export async function changeStack(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const stack = stackInPath(world, exchange, caller, true);
  const body = await readJson(exchange);
  if (stack.action === 'DELETE')
    throw invalid('Updating a stack when it is deleting is not supported.', 'NotSupported');
  updateStack(world, stack, exchange.method === 'PATCH' ? patchedSource(stack, body) : sourceOf(body));
  return htmlPage(202, 'The request is accepted for processing.');
}

/** DELETE /stacks/:name/:id */
export function removeStack(world: World, exchange: Exchange, caller: Caller): Reply {
  deleteStack(world, stackInPath(world, exchange, caller, true));
  return { status: 204 };
}

/** POST /stacks/preview: what would be made, and nothing is. */
export async function previewStack(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  checkProject(exchange, caller);
  const body = await readJson(exchange);
  const name = stackName(body);
  const source = sourceOf(body);
  checkFree(world, caller, name);
  const parameters = checkedParameters(world, caller, { id: 'None', name }, source);
  const shown = [...parameters].map(([key, value]) => [key, shownValue(source.template.parameters.get(key), value)]);
  const resources = [...source.template.resources.values()].map((definition) => ({
    resource_name: definition.name,
    resource_type: definition.type,
    resource_action: 'INIT',
    resource_status: 'COMPLETE',
    resource_status_reason: '',
    physical_resource_id: '',
    required_by: [],
    attributes: {},
    properties: definition.properties,
    metadata: {},
    description: '',
    stack_name: name,
  }));
  const description = source.template.description ?? 'No description';
  return {
    status: 200,
    body: {
      stack: {
        stack_name: name,
        id: 'None',
        description,
        parameters: Object.fromEntries(shown),
        tags: source.tags,
        timeout_mins: source.timeoutMinutes,
        disable_rollback: true,
        stack_owner: caller.userName,
        resources,
      },
    },
  };
}

/** POST /validate: what a template wants to know, or a 400 if it is none. */
export async function validateTemplate(_: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  checkProject(exchange, caller);
  const { template, files } = sourceOf(await readJson(exchange));
  validateTemplateForm(template, files);
  const parameters = [...template.parameters.values()].map((schema) => {
    const type = schema.type
      .split('_')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('');
    const { description, label, hidden, hasDefault } = schema;
    const usual = hasDefault ? { Default: schema.default } : {};
    return [schema.name, { Type: type, Description: description, NoEcho: String(hidden), Label: label, ...usual }];
  });
  return {
    status: 200,
    body: { Description: template.description ?? 'No description', Parameters: Object.fromEntries(parameters) },
  };
}

function stackName(body: Record<string, unknown>): string {
  const name = textOf(body.stack_name);
  if (name === undefined) throw badRequest('No stack name specified');
  if (/^[a-zA-Z][a-zA-Z0-9_.-]{0,254}$/.test(name)) return name;
  throw invalid(
    `Invalid stack name ${name} must contain only alphanumeric or "_-." characters, must start with alpha and must be 255 characters or less.`,
  );
}

function checkFree(world: World, caller: Caller, name: string): void {
  const taken = [...world.heat.stacks.values()].some(
    (stack) => stack.name === name && stack.owner.projectId === caller.projectId && stack.deletedAt === undefined,
  );
  if (taken) throw new ApiError(409, 'StackExists', `The Stack (${name}) already exists.`);
}

function sourceOf(body: Record<string, unknown>): StackSource {
  if (body.template === undefined) throw badRequest('No template specified');
  return {
    template: parseTemplate(body.template),
    files: filesOf(body),
    given: givenParameters(body),
    tags: tagsOf(body.tags),
    timeoutMinutes: timeoutOf(body.timeout_mins),
  };
}

/** What is not said stays; parameters that the template does not have are overlooked. */
function patchedSource(stack: StackSource, body: Record<string, unknown>): StackSource {
  const template = body.template === undefined ? stack.template : parseTemplate(body.template);
  const cleared = Array.isArray(body.clear_parameters) ? body.clear_parameters : [];
  const given = Object.entries({ ...stack.given, ...givenParameters(body) });
  return {
    template,
    files: body.files === undefined ? stack.files : { ...stack.files, ...filesOf(body) },
    given: Object.fromEntries(given.filter(([name]) => template.parameters.has(name) && !cleared.includes(name))),
    tags: body.tags === undefined ? stack.tags : tagsOf(body.tags),
    timeoutMinutes: body.timeout_mins === undefined ? stack.timeoutMinutes : timeoutOf(body.timeout_mins),
  };
}

function givenParameters(body: Record<string, unknown>): Record<string, unknown> {
  return { ...mapOf(mapOf(body.environment).parameters), ...mapOf(body.parameters) };
}

function filesOf(body: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(mapOf(body.files)).map(([name, content]) => [
      name,
      typeof content === 'string' ? content : JSON.stringify(content),
    ]),
  );
}

const longestTag = 80;

function tagsOf(given: unknown): string[] {
  const tags = Array.isArray(given) ? given.map(String) : (textOf(given) ?? '').split(',').filter((tag) => tag !== '');
  const long = tags.find((tag) => tag.length > longestTag);
  if (long !== undefined) throw badRequest(`Invalid tag, "${long}" is longer than ${longestTag} characters`);
  return tags;
}

function timeoutOf(given: unknown): number | null {
  if (given === undefined || given === null) return null;
  const minutes = Number(given);
  if (!Number.isInteger(minutes)) throw badRequest("Only integer is acceptable by 'timeout_mins'.");
  return minutes;
}
