import type { SlackContext } from './context.ts';

/** The cluster of a card and of the thread below it; undefined for any other message. `ts` is the card's. */
export async function clusterOfThread(
  channel: string,
  ts: string,
  { threads, deployments }: Pick<SlackContext, 'threads' | 'deployments'>,
): Promise<string | undefined> {
  const id = await threads.deploymentOf(channel, ts);
  return id === undefined ? undefined : (await deployments.find(id))?.cluster;
}
