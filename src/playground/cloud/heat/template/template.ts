/** The types that a parameter may have. */
export const parameterTypes = ['string', 'number', 'json', 'comma_delimited_list', 'boolean'] as const;

/** One of them. */
export type ParameterType = (typeof parameterTypes)[number];

/** What a template says of a parameter. */
export interface ParameterSchema {
  name: string;
  type: ParameterType;
  default: unknown;
  hasDefault: boolean;
  description: string;
  label: string;
  hidden: boolean;
  constraints: readonly Constraint[];
}

/** A condition on a parameter's value, with the author's own words for when it is not met. */
export interface Constraint {
  kind: 'length' | 'range' | 'modulo' | 'allowed_values' | 'allowed_pattern' | 'custom_constraint';
  argument: unknown;
  description: string | undefined;
}

/** What a template says of a resource; nothing in it is resolved yet. */
export interface ResourceDefinition {
  name: string;
  type: string;
  properties: Record<string, unknown>;
  dependsOn: readonly string[];
  condition: unknown;
}

/** What a template says of an output. */
export interface OutputDefinition {
  name: string;
  value: unknown;
  description: string | undefined;
  condition: unknown;
}

/** A template that was read. */
export interface Template {
  /** As it came, for those who ask for it back. */
  raw: Record<string, unknown>;
  description: string | undefined;
  parameters: ReadonlyMap<string, ParameterSchema>;
  conditions: Readonly<Record<string, unknown>>;
  resources: ReadonlyMap<string, ResourceDefinition>;
  outputs: ReadonlyMap<string, OutputDefinition>;
}
