import { ApiError } from '../../http/api-error.ts';
import { invalid } from '../errors.ts';
import { chosen, isTrue } from '../functions/conditions.ts';
import { resolve } from '../functions/resolve.ts';
import { isUnresolved, type Scope } from '../functions/scope.ts';
import type { OutputDefinition, ResourceDefinition, Template } from '../template/template.ts';
import { type Known, knownScope } from './stack-scope.ts';

/**
 * What a template comes to with its parameters: without the resources that a condition leaves out, and with each `if`
 * replaced by what it chooses. Everything after this sees only that. 400 for a condition that is none.
 */
export function activeTemplate(known: Known): Template {
  checkConditions(known);
  if (isUnresolved([...known.parameters.values()])) return known.template;
  const { template } = known;
  const scope = knownScope(known);
  const wanted = [...template.resources.values()].filter((one) => isWanted(one, scope));
  const absent = [...template.resources.keys()].filter((name) => !wanted.some((one) => one.name === name));
  return {
    ...template,
    resources: new Map(wanted.map((one) => [one.name, activeResource(one, absent, scope)])),
    outputs: new Map([...template.outputs].map(([name, one]) => [name, activeOutput(one, scope)])),
  };
}

function checkConditions(known: Known): void {
  const scope = knownScope(known);
  for (const [name, condition] of Object.entries(known.template.conditions)) {
    const operator = typeof condition === 'object' ? `.${Object.keys(condition ?? {})[0]}` : '';
    explained(`conditions.${name}${operator}`, () => decide(condition, scope));
  }
}

function isWanted({ name, condition }: ResourceDefinition, scope: Scope): boolean {
  return condition === undefined || explained(`resources.${name}.condition`, () => decide(condition, scope));
}

function activeResource(definition: ResourceDefinition, absent: readonly string[], scope: Scope): ResourceDefinition {
  const { name, dependsOn, properties } = definition;
  const active = Object.entries(properties).map(([key, value]) => [
    key,
    explained(`resources.${name}.properties.${key}.if`, () => choose(value, scope)),
  ]);
  return {
    ...definition,
    dependsOn: dependsOn.filter((need) => !absent.includes(need)),
    properties: Object.fromEntries(active),
  };
}

function activeOutput(output: OutputDefinition, scope: Scope): OutputDefinition {
  return explained(`outputs.${output.name}`, () => {
    const isShown = output.condition === undefined || decide(output.condition, scope);
    return { ...output, value: isShown ? choose(output.value, scope) : null };
  });
}

function decide(condition: unknown, scope: Scope): boolean {
  return isTrue(condition, scope, (part) => resolve(part, scope));
}

function choose(value: unknown, scope: Scope): unknown {
  return chosen(value, scope, (part) => resolve(part, scope));
}

/** Does something that may find a condition wrong, and says where it was written. */
function explained<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw invalid(`${path}: : ${error instanceof Error ? error.message : error}`);
  }
}
