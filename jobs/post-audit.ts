import type { WebClient } from '@slack/web-api';
import type { Job } from 'bullmq';
import { isNotable } from '../src/clusters/audit-entry.ts';
import type { Logger } from '../src/log.ts';
import { auditMessage } from '../src/slack/views/audit-message.ts';
import type { AuditLog, AuditTold, StoredAuditEntry } from '../src/store/audit.ts';
import { puttingOff } from './slack-wait.ts';

/** Slack takes about one message a second in a channel; what is decided meanwhile is told in the next one. */
const intervalMs = 1_000;

/** Entries that are read at a time. */
const page = 500;

/** A channel that was never told anything begins with what is as old as this. */
const firstMs = 60_000;

/** What the job needs. */
export interface PostAuditTools {
  readonly audit: Pick<AuditLog, 'after' | 'told' | 'saveTold'>;
  /** Slack channel id; undefined where nobody is to be told. */
  readonly auditChannel: string | undefined;
  readonly slack: WebClient;
  readonly log: Logger;
}

/**
 * Tells the audit channel of the decisions that change something or were refused, in order, several in one message. How
 * far it has come is recorded message by message, so that after a crash at most the one in flight appears twice. While
 * Slack is away the job puts itself off.
 */
export async function postAudit(job: Job<object>, token: string, tools: PostAuditTools): Promise<void> {
  const { auditChannel } = tools;
  if (auditChannel === undefined) return;
  await puttingOff(job, token, {
    work: () => tell(auditChannel, tools),
    keep: () => ({}),
    onOutage: (error, waitMs) =>
      tools.log.warn({ err: error, channel: auditChannel, waitMs }, 'telling the audit channel'),
  });
}

/** Posts one message at most. Answers 0 when there is nothing more to tell, or the milliseconds until the next one. */
async function tell(channel: string, { audit, slack }: PostAuditTools): Promise<number> {
  const now = Date.now();
  const told = (await audit.told()) ?? { position: `${now - firstMs}`, at: 0 };
  const early = told.at + intervalMs - now;
  if (early > 0) return early;

  const { notable, last, more } = await nextEntries(told, audit);
  if (notable.length === 0) {
    if (last !== told.position) await audit.saveTold({ ...told, position: last });
    return 0;
  }
  const { message, count } = auditMessage(notable.map(({ entry }) => entry));
  await slack.chat.postMessage({ channel, ...message, unfurl_links: false, unfurl_media: false });
  const position = count < notable.length ? (notable[count - 1]?.id ?? last) : last;
  await audit.saveTold({ position, at: Date.now() });
  return count < notable.length || more ? intervalMs : 0;
}

interface NextEntries {
  readonly notable: readonly StoredAuditEntry[];
  /** Place of the last one that was read. */
  readonly last: string;
  /** There may be further ones. */
  readonly more: boolean;
}

/** The next entries that are worth telling, past all those that are not. */
async function nextEntries({ position }: AuditTold, audit: PostAuditTools['audit']): Promise<NextEntries> {
  let last = position;
  for (;;) {
    const entries = await audit.after(last, page);
    last = entries.at(-1)?.id ?? last;
    const notable = entries.filter(({ entry }) => isNotable(entry));
    const more = entries.length === page;
    if (notable.length > 0 || !more) return { notable, last, more };
  }
}
