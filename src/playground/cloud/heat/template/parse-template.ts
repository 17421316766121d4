import {
  boolYaml11Tag,
  load,
  NOT_RESOLVED,
  type ScalarTagDefinition,
  Schema,
  timestampTag,
  YAML11_SCHEMA,
} from 'js-yaml';
import { isMap, listOf, mapOf, textOf } from '../../support/values.ts';
import { badRequest, invalid } from '../errors.ts';
import type { Constraint, OutputDefinition, ParameterSchema, ResourceDefinition, Template } from './template.ts';
import { parameterTypes } from './template.ts';

/** PyYAML, which Heat reads with, takes `yes` and `on` for true as YAML 1.1 does, but leaves `y` and `n` as they are. */
const boolTag: ScalarTagDefinition<boolean> = {
  ...boolYaml11Tag,
  resolve: (source, isExplicit, tagName) =>
    source.length === 1 ? NOT_RESOLVED : boolYaml11Tag.resolve(source, isExplicit, tagName),
};

/** YAML 1.1 as Heat reads it, where a date such as the template's version stays a text. */
const heatYaml = new Schema(
  YAML11_SCHEMA.tags.filter((tag) => tag !== timestampTag).map((tag) => (tag === boolYaml11Tag ? boolTag : tag)),
);

const versions = [
  '2013-05-23',
  '2014-10-16',
  '2015-04-30',
  '2015-10-15',
  '2016-04-08',
  '2016-10-14',
  '2017-02-24',
  '2017-09-01',
  '2018-03-02',
  '2018-08-31',
  '2021-04-16',
  'newton',
  'ocata',
  'pike',
  'queens',
  'rocky',
  'wallaby',
];

const sections = [
  'heat_template_version',
  'description',
  'parameter_groups',
  'parameters',
  'conditions',
  'resources',
  'outputs',
];

const resourceKeys = [
  'type',
  'properties',
  'metadata',
  'depends_on',
  'deletion_policy',
  'update_policy',
  'description',
  'external_id',
  'condition',
];

const parameterKeys = ['type', 'default', 'description', 'label', 'hidden', 'constraints', 'immutable', 'tags'];

/** Reads a template that came as a text or as an object. 400 for what Heat would not take. */
export function parseTemplate(source: unknown, name = '[root stack]'): Template {
  const raw = typeof source === 'string' ? parseYaml(source, name) : source;
  if (!isMap(raw)) throw badRequest(`Template not in valid format: The template is not a JSON object or YAML mapping.`);
  checkVersion(raw.heat_template_version);
  for (const section of Object.keys(raw)) {
    if (!sections.includes(section)) throw invalid(`The template section is invalid: ${section}`);
  }
  const parameters = mapEntries(raw.parameters, parseParameter);
  const resources = mapEntries(raw.resources, parseResource);
  const twice = [...parameters.keys()].filter((key) => resources.has(key));
  if (twice.length > 0) throw invalid(`Duplicate names {${twice.map((key) => `'${key}'`).join(', ')}}`);
  return {
    raw,
    description: textOf(raw.description),
    parameters,
    conditions: mapOf(raw.conditions),
    resources,
    outputs: mapEntries(raw.outputs, parseOutput),
  };
}

/** YAML, or JSON since that is YAML too. */
function parseYaml(text: string, name: string): unknown {
  try {
    return load(text, { schema: heatYaml });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badRequest(`Template not in valid format: Error parsing template ${name} ${reason}`);
  }
}

function checkVersion(version: unknown): void {
  if (version === undefined)
    throw invalid('The template version is invalid: Template version was not provided', 'InvalidTemplateVersion');
  if (versions.includes(String(version))) return;
  const message = `The template version is invalid: "heat_template_version: ${version}". "heat_template_version" should be one of: ${versions.join(', ')}`;
  throw invalid(message, 'InvalidTemplateVersion');
}

function mapEntries<T>(section: unknown, parse: (name: string, value: unknown) => T): Map<string, T> {
  return new Map(Object.entries(mapOf(section)).map(([name, value]) => [name, parse(name, value)]));
}

function parseParameter(name: string, value: unknown): ParameterSchema {
  const given = mapOf(value);
  const unknown = Object.keys(given).find((key) => !parameterKeys.includes(key));
  if (unknown !== undefined) throw invalid(`Invalid key '${unknown}' for parameter (${name})`, 'InvalidSchemaError');
  if (given.type === undefined) throw invalid(`Missing parameter type for parameter: ${name}`, 'InvalidSchemaError');
  const type = parameterTypes.find((known) => known === given.type);
  if (type === undefined) throw invalid(`Invalid type (${given.type})`, 'InvalidSchemaError');
  return {
    name,
    type,
    default: given.default,
    hasDefault: given.default !== undefined && given.default !== null,
    description: String(given.description ?? ''),
    label: String(given.label ?? name),
    hidden: given.hidden === true || given.hidden === 'true',
    constraints: listOf(given.constraints).map(parseConstraint),
  };
}

const constraintKinds = [
  'length',
  'range',
  'modulo',
  'allowed_values',
  'allowed_pattern',
  'custom_constraint',
] as const;

function parseConstraint(value: unknown): Constraint {
  const given = mapOf(value);
  const kind = constraintKinds.find((known) => known in given);
  if (kind === undefined) throw invalid('No constraint expressed', 'InvalidSchemaError');
  return { kind, argument: given[kind], description: textOf(given.description)?.trim() };
}

function parseResource(name: string, value: unknown): ResourceDefinition {
  if (!isMap(value)) throw invalid('"resources" must contain a map of resource maps.');
  const unknown = Object.keys(value).find((key) => !resourceKeys.includes(key));
  if (unknown !== undefined) throw invalid(`"${unknown}" is not a valid keyword inside a resource definition`);
  if (value.type === undefined) throw invalid('Each resource must contain a type key.');
  const depends = value.depends_on ?? [];
  return {
    name,
    type: String(value.type),
    properties: mapOf(value.properties),
    dependsOn: (Array.isArray(depends) ? depends : [depends]).map(String),
    condition: value.condition,
  };
}

function parseOutput(name: string, value: unknown): OutputDefinition {
  const given = mapOf(value);
  if (!('value' in given)) throw invalid(`Each output definition must contain a value key.`);
  return { name, value: given.value, description: textOf(given.description), condition: given.condition };
}
