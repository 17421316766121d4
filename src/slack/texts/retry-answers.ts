import type { Deployment } from '../../clusters/deployment.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { channelLink, date } from '../views/mrkdwn.ts';
import { actionWords, commandText, sameCommand } from './cluster-texts.ts';

/** A failed deployment goes on. */
export function retryingAnswer({ cluster, action, channel }: Deployment): Message {
  const { doing } = actionWords[action];
  return paragraph(
    `● Trying again: ${doing} *${cluster}*, from the step that failed. The card is in ${channelLink(channel)}.`,
  );
}

/** It failed before anything was begun, so there is no step to go on from. */
export function nothingToRetryAnswer(deployment: Deployment): Message {
  return paragraph(
    `– ${deployment.cluster} failed before anything was begun, so there is nothing to go on with.\n→ ${sameCommand(deployment)} makes a new plan.`,
  );
}

/** The cluster that it was about was torn down since. */
export function goneAnswer({ cluster }: Deployment): Message {
  return paragraph(
    `– The ${cluster} that this was about was torn down since, so there is nothing to go on with.\n→ ${commandText('up', cluster)} brings it back.`,
  );
}

/** Something else was done to the cluster since; what had been finished may not be there any more. */
export function overtakenAnswer({ cluster }: Deployment, newer: Deployment): Message {
  return paragraph(
    `– This is of an earlier try: ${actionWords[newer.action].doing} ${cluster} was begun after it, ${date(newer.requestedAt)}. Nothing was done.\n→ ${commandText('status', cluster)} tells how it is.`,
  );
}

/** No deployment of the cluster has failed. `state` says how it is. */
export function nothingFailedAnswer(cluster: string, state: string): Message {
  return paragraph(
    `– Nothing that was done to *${cluster}* has failed, so there is nothing to try again: it is ${state}.\n→ ${commandText('status', cluster)} tells more.`,
  );
}
