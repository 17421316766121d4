import type { ServiceClient } from '../service-client.ts';
import { assertWithinLimits } from './request-limits.ts';
import type { StackTemplate } from './stacks.ts';

/** A parameter that a template declares. */
export interface TemplateParameter {
  name: string;
  type: string;
  description: string;
  hidden: boolean;
  /** Undefined when a value has to be given. */
  default?: unknown;
}

export interface ValidatedTemplate {
  description: string;
  parameters: readonly TemplateParameter[];
  /** The nested templates by the resource that consists of each, when they were asked for. */
  nested: Readonly<Record<string, NestedTemplate>>;
}

export interface NestedTemplate extends ValidatedTemplate {
  /** The type of the resource: the key of the template's file, or a kind of group. */
  type: string;
}

interface WireValidation {
  Type?: string;
  Description?: string;
  Parameters?: Readonly<
    Record<string, { Type: string; Description?: string; NoEcho?: string | boolean; Default?: unknown }>
  >;
  NestedParameters?: Readonly<Record<string, WireValidation>>;
}

/**
 * POST /validate: what the template asks for; 400 with the reason when Heat cannot make sense of it, of a nested one
 * too. Makes nothing, and does not look whether what parameters name exists.
 */
export async function validateTemplate(
  heat: ServiceClient,
  {
    template,
    files,
    parameters,
    showNested,
  }: StackTemplate & { parameters?: Readonly<Record<string, unknown>>; showNested?: boolean },
  signal?: AbortSignal,
): Promise<ValidatedTemplate> {
  const doing = 'Validating the Heat template';
  const body = { template, files, ...(parameters === undefined ? {} : { parameters }) };
  assertWithinLimits(doing, body);
  const wire = await heat.post<WireValidation>(['validate'], {
    doing,
    ok: [200],
    query: { show_nested: showNested },
    body,
    repeatable: true,
    signal,
  });
  return validatedFrom(wire);
}

function validatedFrom(wire: WireValidation): ValidatedTemplate {
  const nested = Object.entries(wire.NestedParameters ?? {});
  return {
    description: wire.Description ?? '',
    parameters: Object.entries(wire.Parameters ?? {}).map(([name, parameter]) => ({
      name,
      type: parameter.Type,
      description: parameter.Description ?? '',
      hidden: String(parameter.NoEcho) === 'true',
      ...(parameter.Default === undefined ? {} : { default: parameter.Default }),
    })),
    nested: Object.fromEntries(
      nested.map(([name, inner]) => [name, { type: inner.Type ?? '', ...validatedFrom(inner) }]),
    ),
  };
}
