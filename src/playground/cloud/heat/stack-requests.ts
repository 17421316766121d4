import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, readJson } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import { htmlPage } from '../support/html.ts';
import { mapOf, textOf } from '../support/values.ts';
import type { World } from '../world.ts';
import { previewChanges, previewResources } from './engine/preview.ts';
import { createStack, deleteStack, updateStack } from './engine/stack-lifecycle.ts';
import { validateTemplateForm } from './engine/validate.ts';
import { badRequest, invalid } from './errors.ts';
import { checkProject, stackInPath } from './find-stack.ts';
import { checkTemplateSizes } from './limits.ts';
import { typeOf } from './resources/types.ts';
import type { StackSource } from './state.ts';
import { parseTemplate } from './template/parse-template.ts';
import type { ParameterSchema, Template } from './template/template.ts';
import { stackUrl } from './views.ts';

/** POST /stacks */
export async function postStack(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  checkProject(exchange, caller);
  const body = await readJson(exchange);
  const name = stackName(body);
  const source = sourceOf(body);
  checkFree(world, caller, name);
  checkTrust(caller);
  const stack = createStack(world, caller, name, source);
  if (world.faults.strikes('quota')) world.nova.quota.ram = 1024;
  const href = stackUrl(world, stack);
  return {
    status: 201,
    headers: { location: href },
    body: { stack: { id: stack.id, links: [{ href, rel: 'self' }] } },
  };
}

/** Heat makes a trust for each stack. Keystone refuses it to application credentials, and Heat does not say so. */
function checkTrust({ delegated }: Caller): void {
  if (delegated) throw new ApiError(500, 'RemoteError', '');
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
  const resources = previewResources(world, caller, name, source);
  const description = source.template.description ?? 'No description';
  return {
    status: 200,
    body: {
      stack: {
        stack_name: name,
        id: 'None',
        description,
        tags: source.tags,
        timeout_mins: source.timeoutMinutes,
        disable_rollback: true,
        stack_owner: caller.userName,
        resources,
      },
    },
  };
}

/** PATCH /stacks/:name/:id/preview: what an update would do, and nothing is done. */
export async function previewChange(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const stack = stackInPath(world, exchange, caller, true);
  const source = patchedSource(stack, await readJson(exchange));
  return { status: 200, body: { resource_changes: previewChanges(world, stack, source) } };
}

/** POST /validate: what a template wants to know, or a 400 if it is none. */
export async function validateTemplate(_: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  checkProject(exchange, caller);
  const { template, files, given } = sourceOf(await readJson(exchange));
  validateTemplateForm(template, files, given);
  const showsNested = /^true$/i.test(exchange.query.get('show_nested') ?? '');
  return { status: 200, body: validated(template, showsNested ? files : undefined) };
}

/** What a template wants to know; with `files` also what those inside it do, by the resource that each of them is. */
function validated(template: Template, files: Readonly<Record<string, string>> | undefined): Record<string, unknown> {
  const parameters = [...template.parameters.values()].map((schema) => [schema.name, parameterForm(schema)]);
  const nested = [...template.resources.values()].flatMap((definition) => {
    const inside = files && typeOf(definition.type, files).nested?.(definition.properties, definition.name);
    return inside ? [[definition.name, { Type: definition.type, ...validated(inside.template, files) }]] : [];
  });
  return {
    Description: template.description ?? 'No description',
    Parameters: Object.fromEntries(parameters),
    ...(nested.length > 0 && { NestedParameters: Object.fromEntries(nested) }),
  };
}

function parameterForm({ type, description, label, hidden, hasDefault, ...schema }: ParameterSchema): object {
  const words = type.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const usual = hasDefault ? { Default: schema.default } : {};
  return { Type: words.join(''), Description: description, NoEcho: String(hidden), Label: label, ...usual };
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
  const files = filesOf(body);
  checkTemplateSizes(body.template, files);
  return {
    template: parseTemplate(body.template),
    files,
    given: givenParameters(body),
    tags: tagsOf(body.tags),
    timeoutMinutes: timeoutOf(body.timeout_mins),
  };
}

/** What is not said stays; parameters that the template does not have are overlooked. */
function patchedSource(stack: StackSource, body: Record<string, unknown>): StackSource {
  checkTemplateSizes(body.template ?? '', filesOf(body));
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
