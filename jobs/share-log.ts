import type { Deployment } from '../src/clusters/deployment.ts';
import type { SharedLog, ShareLogJob } from '../src/queue/jobs.ts';
import { mention } from '../src/slack/views/mrkdwn.ts';
import type { BuildLogs } from '../src/store/build-logs.ts';
import { postToThread } from './card-thread.ts';
import type { NotifyTools } from './notify.ts';
import { slackRefusal } from './slack-refusal.ts';

/** What the job needs besides what it shares with `notify`. */
export interface ShareLogTools extends NotifyTools {
  readonly logs: Pick<BuildLogs, 'tail'>;
}

/** Few enough to be read, and with the store's longest lines still far from the megabyte that Slack takes of a snippet. */
const linesShown = 200;

/**
 * Posts the end of a build's log to the deployment's thread as a snippet. What Slack refuses is an answer and no failure,
 * since somebody waits for it who can do something about it.
 */
export async function shareLog({ deployment: id, requestedBy }: ShareLogJob, tools: ShareLogTools): Promise<SharedLog> {
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
  user: string,
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
      initial_comment: `${mention(user)} asked for the end of the build’s log`,
    }),
  );
}

const inviteHint = 'Invite Slipway to that channel: type /invite @Slipway there';
const hints = { not_in_channel: inviteHint, channel_not_found: inviteHint } as const;
const otherHint = 'Check that the app is installed in this workspace and may share files there';
