import { type AuditEntry, isNotable } from '../../clusters/audit-entry.ts';
import { type Deployment, isTerminal } from '../../clusters/deployment.ts';
import { type Message, paragraph, section, context as smallPrint } from '../views/blocks.ts';
import { fitLines } from '../views/mrkdwn.ts';
import { auditLine, outcomeLine } from './audit-lines.ts';
import { commandText } from './cluster-texts.ts';

/** Lines of one answer. */
const shown = 15;

/** What there is to tell. */
export interface History {
  /** The cluster that it is about; undefined for all. */
  readonly cluster: string | undefined;
  readonly decisions: readonly AuditEntry[];
  readonly deployments: readonly Deployment[];
}

/**
 * Decisions and what became of deployments, newest first. Looks that were allowed are left out: they are in the log, and
 * would hide what matters. Pure.
 */
export function historyAnswer({ cluster, decisions, deployments }: History): Message {
  const happenings = [
    ...decisions.filter(isNotable).map((entry) => ({ at: entry.at, line: auditLine(entry) })),
    ...deployments
      .filter(({ state }) => isTerminal(state))
      .map((deployment) => ({ at: deployment.finishedAt ?? deployment.requestedAt, line: outcomeLine(deployment) })),
  ].sort((a, b) => b.at - a.at);
  const of = cluster === undefined ? '' : ` of *${cluster}*`;
  if (happenings.length === 0) {
    return paragraph(
      `– Nothing is known of the past${of}.\n→ ${commandText('list')} shows the clusters that there are.`,
    );
  }
  const lines = happenings.map(({ line }) => line);
  return {
    text: `History${cluster === undefined ? '' : ` of ${cluster}`}, newest first`,
    blocks: [
      section(`*History${of}*, newest first`),
      section(fitLines(lines, 2900, shown)),
      smallPrint('Looks such as `list` and `status` are not shown unless they were refused; the audit log has them.'),
    ],
  };
}
