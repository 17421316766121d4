import type { Caller } from '../../keystone/state.ts';
import { isMap, numberOf, pythonJson } from '../../support/values.ts';
import type { World } from '../../world.ts';
import { invalid } from '../errors.ts';
import { constraintProblem } from './constraints.ts';
import type { ParameterSchema, ParameterType, Template } from './template.ts';

/** What every template knows of its stack. */
export interface PseudoParameters {
  'OS::stack_name': string;
  'OS::stack_id': string;
  'OS::project_id': string;
}

/** The values of a template's parameters: given or by default, converted and checked. 400 as Heat says it. */
export function parameterValues(
  world: World,
  caller: Caller,
  template: Template,
  given: Record<string, unknown>,
  pseudo: PseudoParameters,
): Map<string, unknown> {
  for (const name of Object.keys(given)) {
    if (!template.parameters.has(name)) {
      throw invalid(`The Parameter (${name}) was not defined in template.`, 'UnknownUserParameter');
    }
  }
  const values = new Map<string, unknown>(Object.entries(pseudo));
  for (const schema of template.parameters.values()) {
    const value = given[schema.name] ?? schema.default;
    if (value === undefined || value === null) {
      throw invalid(`The Parameter (${schema.name}) was not provided.`, 'UserParameterMissing');
    }
    values.set(schema.name, checkedValue(world, caller, schema, value));
  }
  return values;
}

/** A parameter as a stack shows it: a text, and stars for what is hidden. */
export function shownValue(schema: ParameterSchema | undefined, value: unknown): string {
  if (schema?.hidden === true) return '******';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return value.join(',');
  return isMap(value) ? pythonJson(value) : String(value);
}

function checkedValue(world: World, caller: Caller, schema: ParameterSchema, given: unknown): unknown {
  const refuse = (problem: string): Error => invalid(`Parameter '${schema.name}' is invalid: ${problem}`);
  let value: unknown;
  try {
    value = conversions[schema.type](given);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  for (const constraint of schema.constraints) {
    const problem = constraintProblem(world, caller, constraint, value);
    if (problem !== undefined) throw refuse(problem);
  }
  return value;
}

const trueTexts = ['1', 't', 'true', 'on', 'y', 'yes'];
const falseTexts = ['0', 'f', 'false', 'off', 'n', 'no'];

/** How each type takes what was given. */
const conversions: Readonly<Record<ParameterType, (given: unknown) => unknown>> = {
  string: (given) => {
    if (typeof given === 'object') throw new Error('Value must be a string');
    return typeof given === 'boolean' ? (given ? 'True' : 'False') : String(given);
  },
  number: (given) => {
    const number = numberOf(given);
    if (number === undefined) throw new Error(`could not convert string to float: '${given}'`);
    return number;
  },
  boolean: toBoolean,
  json: (given) => {
    if (typeof given !== 'string') return given;
    try {
      return JSON.parse(given);
    } catch (error) {
      throw new Error(`Value must be valid JSON: ${error instanceof Error ? error.message : error}`);
    }
  },
  comma_delimited_list: (given) => {
    if (Array.isArray(given)) return given.map(String);
    const text = String(given);
    return text === '' ? [] : text.split(',');
  },
};

/** What Heat takes for true and false. */
export function toBoolean(given: unknown): boolean {
  const text = String(given).toLowerCase();
  if (trueTexts.includes(text)) return true;
  if (falseTexts.includes(text)) return false;
  const acceptable = [...falseTexts, ...trueTexts].sort().map((one) => `'${one}'`);
  throw new Error(`Unrecognized value '${given}', acceptable values are: ${acceptable.join(', ')}`);
}
