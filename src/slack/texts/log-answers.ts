import { type Deployment, isTerminal } from '../../clusters/deployment.ts';
import { buildLogObject, releasesContainer } from '../../clusters/names.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { channelLink, code, oneLine } from '../views/mrkdwn.ts';
import { count } from '../views/quantities.ts';
import { commandText, versionOf } from './cluster-texts.ts';
import { shortCommit } from './step-texts.ts';

/** The end of a log is in the thread. */
export function sharedLogAnswer(deployment: Deployment, lines: number): Message {
  const { cluster, channel, state, id } = deployment;
  const next = isTerminal(state)
    ? `The whole of it is the object ${code(buildLogObject(id))} in the Swift container ${code(releasesContainer)}.`
    : `Ask again for what comes after that; ${commandText('status', cluster)} tells how far it is.`;
  return paragraph(
    `✓ The last ${count(lines, 'line')} of the build are in the thread of *${cluster}*’s card in ${channelLink(channel)}.\n→ ${next}`,
  );
}

/** There is no log, and that is as it should be. */
export function noLogAnswer(deployment: Deployment): Message {
  return paragraph(`– ${whyNoLog(deployment)}`);
}

/** Nothing was ever to be built for a cluster. */
export function neverBuiltAnswer(cluster: string): Message {
  return paragraph(`– Nothing has been built for *${cluster}* yet.\n→ ${commandText('up', cluster)} brings it up.`);
}

/** Slack did not take the log. */
export function refusedLogAnswer(
  { cluster, channel }: Deployment,
  { message, hint }: { readonly message: string; readonly hint: string },
): Message {
  return paragraph(
    `✗ Posting the log of *${cluster}* to ${channelLink(channel)}: ${oneLine(message, 1500)}\n→ ${oneLine(hint, 600)}`,
  );
}

function whyNoLog(deployment: Deployment): string {
  const { cluster, state, id, spec, steps } = deployment;
  const { build } = steps;
  if (spec.kubernetes.source === 'release') {
    return `Nothing was built for *${cluster}*: its Kubernetes is the official release ${oneLine(versionOf(deployment), 100)}.`;
  }
  if (build?.result?.made === false) {
    const { commit = '', version } = build.result;
    return `Nothing was built for *${cluster}*: Swift had Kubernetes ${oneLine(version, 100)} already, commit ${code(shortCommit(commit))}.`;
  }
  const over = isTerminal(state);
  if (build === undefined || build.attempt === 0) {
    return over
      ? `The build for *${cluster}* was never begun, so there is no log.\n→ ${commandText('status', cluster)} tells how it is.`
      : `The build for *${cluster}* has not begun yet.\n→ ${commandText('status', cluster)} tells how far it is.`;
  }
  if (build.state === 'running' && !over) {
    const doing = build.progress === undefined ? '' : ` It is at: ${oneLine(build.progress.text, 300)}.`;
    return `The build for *${cluster}* has said nothing yet.${doing}\n→ Ask again in a minute.`;
  }
  return `The end of that log is not kept any more.\n→ Where the build said anything, all of it is the object ${code(buildLogObject(id))} in the Swift container ${code(releasesContainer)}.`;
}
