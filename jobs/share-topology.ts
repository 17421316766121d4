import type { WebClient } from '@slack/web-api';
import type { Topology } from '../src/clusters/topology.ts';
import { DeployError } from '../src/errors.ts';
import type { SharedTopology, ShareTopologyJob } from '../src/queue/jobs.ts';
import { topologyComment, topologyFile, topologyTitle, topologyWords } from '../src/slack/texts/topology-words.ts';
import type { Threads } from '../src/store/threads.ts';
import { topologyPicture } from '../src/topology-picture/topology-picture.ts';
import { type Posted, postToThread } from './card-thread.ts';
import { findKnownCluster, type KnownClusterTools } from './cluster/known-cluster.ts';
import type { Tools } from './run.ts';
import { slackRefusal } from './slack-refusal.ts';
import { lookAtTopology } from './topology/look-at-topology.ts';

/** What the job needs: Slack and the clouds. */
export interface ShareTopologyTools extends KnownClusterTools, Pick<Tools, 'openstack' | 'log'> {
  readonly slack: WebClient;
  readonly threads: Pick<Threads, 'find'>;
}

/**
 * Looks at what a cluster is made of, and posts a picture of it to the thread of its card. What goes wrong is an answer and
 * no failure, since somebody waits for it.
 */
export async function shareTopology(
  job: ShareTopologyJob,
  tools: ShareTopologyTools,
  signal: AbortSignal,
): Promise<SharedTopology> {
  const { cluster, deployment: id } = job;
  const { log } = tools;
  try {
    const { choice, maker } = await findKnownCluster(job, tools);
    const channel = maker?.channel ?? (await tools.clusters.find(cluster))?.channel ?? '';
    const topology = await lookAtTopology(cluster, { openstack: tools.openstack(choice), log, signal });
    return { kind: 'shared', ...(await post(topology, { id, channel }, job.requestedBy, tools)) };
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    log.warn({ err: error, cluster }, 'a topology was not shown');
    return { kind: 'refused', message: error.message, hint: error.hint ?? 'Ask again in a minute' };
  }
}

async function post(
  topology: Topology,
  card: { readonly id: string; readonly channel: string },
  user: string,
  { slack, threads }: ShareTopologyTools,
): Promise<Posted> {
  const picture = Buffer.from(await topologyPicture(topology));
  try {
    return await postToThread(card, threads, (place) =>
      slack.filesUploadV2({
        ...place,
        file: picture,
        filename: topologyFile(topology.cluster),
        title: topologyTitle(topology.cluster),
        alt_text: topologyWords(topology),
        initial_comment: topologyComment(topology, user),
      }),
    );
  } catch (error) {
    const { message, hint } = slackRefusal(error, hints, otherHint);
    throw new DeployError('slack_refused', message, { hint, cause: error });
  }
}

const inviteHint = 'Invite Slipway to that channel: type /invite @Slipway there';
const hints = {
  not_in_channel: inviteHint,
  channel_not_found: inviteHint,
  file_uploads_disabled: 'The workspace allows no files; ask whoever runs it',
} as const;
const otherHint = 'Check that the app is installed in this workspace and may share files there';
