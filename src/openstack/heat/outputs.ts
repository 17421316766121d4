import { OpenStackError } from '../../errors.ts';
import type { ServiceClient } from '../service-client.ts';
import type { StackRef } from './stacks.ts';

interface WireOutput {
  output_value: unknown;
  output_error?: string;
}

/**
 * GET …/outputs/{key}: one output, which costs Heat a look at those resources only that it comes from. Ask once the
 * stack has settled; before, it may be null or half of what it becomes. 404 for an output that the template does not
 * have.
 *
 * @throws OpenStackError when Heat says that it cannot work the output out.
 */
export async function getStackOutput(
  heat: ServiceClient,
  ref: StackRef,
  key: string,
  signal?: AbortSignal,
): Promise<unknown> {
  const path = ['stacks', ref.name, ref.id, 'outputs', key];
  const doing = `Reading the output ${key} of the Heat stack ${ref.name}`;
  const { output } = await heat.get<{ output: WireOutput }>(path, { doing, ok: [200], signal });
  if (output.output_error === undefined) return output.output_value;
  throw new OpenStackError(
    `${doing}: ${output.output_error}`,
    { service: 'Heat', method: 'GET', path: `/${path.join('/')}`, status: 200 },
    { retryable: false },
  );
}
