import type { Cluster } from '../src/clusters/cluster.ts';
import { warnOfExpiry } from '../src/clusters/decisions.ts';
import { expiryOf, warningsMs } from '../src/clusters/lifetime.ts';
import type { Tools } from './run.ts';

/** The earliest warning: nothing has to be done about a cluster that has longer than this. */
const lookAheadMs = Math.max(...warningsMs);

/**
 * Warns of the end of clusters whose time is nearly over, and begins to tear down those whose time is over. What somebody
 * is at is left alone until that is done.
 */
export async function expireClusters(tools: Tools, now: number): Promise<void> {
  for (const cluster of await tools.clusters.list()) {
    const { name, expiresAt } = cluster;
    if (expiresAt === undefined || expiresAt - now > lookAheadMs || tools.protectedClusters.has(name)) continue;
    try {
      await lookAtEnd(cluster, tools, now);
    } catch (error) {
      tools.log.error({ err: error, cluster: name }, 'looking at the end of one cluster');
    }
  }
}

async function lookAtEnd(cluster: Cluster, { deployments, producer, log }: Tools, now: number): Promise<void> {
  const maker = await deployments.find(cluster.deployment);
  if (maker === undefined) return;
  const expiry = expiryOf(maker);
  if (expiry === undefined || (await deployments.lock(cluster.name)) !== undefined) return;
  // The end as the deployment has it: the cluster's record may be a moment older than an extension.
  if (expiry.until > now) {
    await deployments.change(maker.id, warnOfExpiry(now));
    return;
  }
  const { spec, requestedBy, terms } = maker;
  const outcome = await deployments.request({
    action: 'down',
    spec,
    requestedBy,
    channel: cluster.channel,
    terms: { ...terms, count: 0 },
    because: 'expired',
    maker: maker.id,
  });
  if (outcome.kind === 'busy') return;
  log.info({ cluster: cluster.name, deployment: outcome.deployment.id }, 'its time is over: tearing it down');
  await producer.plan(outcome.deployment.id);
}
