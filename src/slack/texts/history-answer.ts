import { type AuditEntry, isNotable } from '../../clusters/audit-entry.ts';
import { type Deployment, isTerminal } from '../../clusters/deployment.ts';
import { type Message, paragraph, section, context as smallPrint } from '../views/blocks.ts';
import { fitLines, mention } from '../views/mrkdwn.ts';
import { auditLine, outcomeLine } from './audit-lines.ts';
import { commandText } from './cluster-texts.ts';

/** Lines of one answer. */
const shown = 15;

/** What there is to tell. */
export interface History {
  /** The cluster that it is about; undefined for all. */
  readonly cluster: string | undefined;
  /** Slack id of whom it is about; undefined for everybody. */
  readonly person?: string | undefined;
  readonly decisions: readonly AuditEntry[];
  readonly deployments: readonly Deployment[];
}

function ofWhat(cluster: string | undefined, person: string | undefined): string {
  if (person !== undefined) return ` of ${mention(person)}`;
  return cluster === undefined ? '' : ` of *${cluster}*`;
}

/**
 * Decisions and what became of deployments, newest first. Looks that were allowed are left out: they are in the log, and
 * would hide what matters. Pure.
 */
export function historyAnswer({ cluster, person, decisions, deployments }: History): Message {
  const happenings = [
    ...decisions.filter(isNotable).map((entry) => ({ at: entry.at, line: auditLine(entry) })),
    ...deployments
      .filter(({ state }) => isTerminal(state))
      .map((deployment) => ({ at: deployment.finishedAt ?? deployment.requestedAt, line: outcomeLine(deployment) })),
  ].sort((a, b) => b.at - a.at);
  const of = ofWhat(cluster, person);
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
