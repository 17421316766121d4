import { errorText } from '../error-text.ts';
import type { ServiceClient } from '../service-client.ts';
import { novaHeaders } from './microversion.ts';

/** What a server wrote to its console, or why that is not to be had. */
export type ConsoleLog = { text: string } | { text: undefined; reason: string };

/**
 * POST /servers/{id}/action: the last lines that the server wrote to its console, as they came. There are none for a
 * server that is gone (404), is not on a host yet or never got to one (409), or whose hypervisor keeps none (501).
 */
export async function readConsoleLog(
  nova: ServiceClient,
  serverId: string,
  { lines }: { lines: number },
  signal?: AbortSignal,
): Promise<ConsoleLog> {
  const { status, text } = await nova.call('POST', ['servers', serverId, 'action'], {
    doing: `Reading the console of the server ${serverId}`,
    ok: [200, 404, 409, 501],
    headers: novaHeaders,
    body: { 'os-getConsoleOutput': { length: lines } },
    repeatable: true,
    signal,
  });
  if (status !== 200) return { text: undefined, reason: errorText(status, text) };
  return { text: JSON.parse(text).output };
}
