import { ApiError } from '../http/api-error.ts';
import { mapOf } from '../support/values.ts';
import type { Server } from './state.ts';

const lines = [
  'This server is one of the playground:',
  'it has a name and addresses,',
  'and what runs on a server stands in for it elsewhere.',
];

/** What os-getConsoleOutput answers: the last lines, or 409 for a server that is on no host. */
export function consoleOutput(server: Server, body: unknown): string {
  if (server.launchedAt === undefined) {
    throw new ApiError(409, 'conflictingRequest', `Instance ${server.id} is not ready`);
  }
  const { length } = mapOf(body);
  if (length === undefined || length === null) return lines.join('\n');
  if (!/^-?\d+$/.test(String(length))) {
    throw new ApiError(
      400,
      'badRequest',
      `Invalid input for field/attribute length. Value: ${String(length)}. '${String(length)}' does not match '^-?[0-9]+$'`,
    );
  }
  const count = Number(length);
  return (count < 0 ? lines : lines.slice(lines.length - Math.min(count, lines.length))).join('\n');
}
