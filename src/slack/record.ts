import { type AuditEntry, isNotable } from '../clusters/audit-entry.ts';
import { DeployError } from '../errors.ts';
import type { Attempt } from './attempt.ts';
import type { SlackContext } from './context.ts';

/** What was decided about an attempt, and by which rule or for which reason. */
export type Decided = Pick<AuditEntry, 'allowed' | 'rule'>;

/**
 * Writes a decision into the audit log, before anything comes of it, and has the audit channel told where that is to know.
 * Throws a DeployError when the log cannot be written: then nothing may come of it.
 */
export async function record(
  { user, verb, surface, about }: Attempt,
  { allowed, rule }: Decided,
  { audit, auditChannel, producer, log, now = Date.now }: SlackContext,
): Promise<void> {
  const { cluster, deployment } = about;
  const entry: AuditEntry = {
    at: now(),
    who: user,
    verb,
    surface,
    ...(cluster !== undefined && { cluster }),
    ...(deployment !== undefined && { deployment }),
    allowed,
    rule,
  };
  log.info({ audit: entry }, 'a decision');
  await audit.append(entry).catch((cause: unknown) => {
    throw unwritten(cause);
  });
  if (auditChannel === undefined || !isNotable(entry)) return;
  // The entry is in the log; if this is lost, the next one takes it along.
  await producer.postAudit().catch((error: unknown) => log.warn({ err: error }, 'having the audit channel told'));
}

function unwritten(cause: unknown): DeployError {
  return new DeployError('audit_unwritten', 'Nothing was done, since it could not be written into the audit log', {
    hint: 'Try again in a minute. If it happens again, whoever runs Slipway has to look at its Redis',
    cause,
    retryable: true,
  });
}
