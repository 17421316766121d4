import type { WebClient } from '@slack/web-api';
import type { Deployment } from '../src/clusters/deployment.ts';
import type { Logger } from '../src/log.ts';
import type { DeploymentJob, SharedLog, ShareLogJob } from '../src/queue/jobs.ts';
import { mention } from '../src/slack/views/mrkdwn.ts';
import type { BuildLogs } from '../src/store/build-logs.ts';
import type { Deployments } from '../src/store/deployments.ts';
import type { Threads } from '../src/store/threads.ts';
import { postToThread } from './card-thread.ts';
import { slackRefusal } from './slack-refusal.ts';

/** What the job needs. */
export interface ShareLogTools {
  readonly deployments: Deployments;
  readonly threads: Threads;
  readonly logs: Pick<BuildLogs, 'tail'>;
  readonly slack: WebClient;
  readonly log: Logger;
}

/** Few enough to be read, and with the store's longest lines still far from the megabyte that Slack takes of a snippet. */
const linesShown = 200;

/**
 * Posts the end of a build's log to the deployment's thread as a snippet. What Slack refuses is an answer and no failure,
 * since somebody waits for it who can do something about it. Without anybody who asked it is posted because of a failure.
 */
export async function shareLog(
  { deployment: id, requestedBy }: DeploymentJob & Partial<ShareLogJob>,
  tools: ShareLogTools,
): Promise<SharedLog> {
  const lines = await tools.logs.tail(id, linesShown);
  const deployment = await tools.deployments.find(id);
  if (lines.length === 0 || deployment === undefined) return { kind: 'nothing' };
  try {
    await post(lines, deployment, requestedBy, tools);
    return { kind: 'shared', lines: lines.length };
  } catch (error) {
    tools.log.warn({ err: error, deployment: id }, 'posting the end of a log');
    return { kind: 'refused', ...slackRefusal(error, hints, otherHint) };
  }
}

async function post(
  lines: readonly string[],
  deployment: Deployment,
  user: string | undefined,
  tools: ShareLogTools,
): Promise<void> {
  const { cluster, id } = deployment;
  await postToThread(deployment, tools.threads, (place) =>
    tools.slack.filesUploadV2({
      ...place,
      content: `${lines.join('\n')}\n`,
      filename: `${id}.log`,
      title: `build of ${cluster}, last ${lines.length === 1 ? 'line' : `${lines.length} lines`}`,
      snippet_type: 'text',
      initial_comment:
        user === undefined ? 'The end of the build’s log' : `${mention(user)} asked for the end of the build’s log`,
    }),
  );
}

const inviteHint = 'Invite Slipway to that channel: type /invite @Slipway there';
const hints = { not_in_channel: inviteHint, channel_not_found: inviteHint } as const;
const otherHint = 'Check that the app is installed in this workspace and may share files there';
