import { accessGroup } from '../../clusters/names.ts';
import type { SentKubeconfig } from '../../queue/jobs.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { code, date, oneLine } from '../views/mrkdwn.ts';

type Sent = Extract<SentKubeconfig, { kind: 'sent' }>;
type Refused = Extract<SentKubeconfig, { kind: 'refused' }>;

/** The credential is where only this person sees it. */
export function sentKubeconfigAnswer(cluster: string, { level, until }: Sent): Message {
  return paragraph(
    `✓ Your kubeconfig for *${cluster}* is in your direct messages with Slipway: group ${code(accessGroup(level))}, until ${date(until)}.\n→ It is yours alone. The message says how to use it.`,
  );
}

/** There is none, and why. */
export function refusedKubeconfigAnswer(cluster: string, { message, hint }: Refused): Message {
  return paragraph(`✗ A kubeconfig for *${cluster}*: ${oneLine(message, 1_500)}\n→ ${oneLine(hint, 600)}`);
}
