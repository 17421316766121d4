import type { ServiceClient } from '../service-client.ts';
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
}

interface WireValidation {
  Description?: string;
  Parameters?: Readonly<
    Record<string, { Type: string; Description?: string; NoEcho?: string | boolean; Default?: unknown }>
  >;
}

/** POST /validate: what the template asks for; 400 with the reason when Heat cannot make sense of it. Makes nothing. */
export async function validateTemplate(
  heat: ServiceClient,
  { template, files, parameters }: StackTemplate & { parameters?: Readonly<Record<string, unknown>> },
  signal?: AbortSignal,
): Promise<ValidatedTemplate> {
  const wire = await heat.post<WireValidation>(['validate'], {
    doing: 'Validating the Heat template',
    ok: [200],
    body: { template, files, ...(parameters === undefined ? {} : { parameters }) },
    repeatable: true,
    signal,
  });
  return {
    description: wire.Description ?? '',
    parameters: Object.entries(wire.Parameters ?? {}).map(([name, parameter]) => ({
      name,
      type: parameter.Type,
      description: parameter.Description ?? '',
      hidden: String(parameter.NoEcho) === 'true',
      ...(parameter.Default === undefined ? {} : { default: parameter.Default }),
    })),
  };
}
