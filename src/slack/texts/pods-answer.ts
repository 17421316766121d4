import type { InspectionResults } from '../../queue/jobs.ts';
import { header, type Message, paragraph, section, context as smallPrint } from '../views/blocks.ts';
import { healthSummary, nodesTable, podsTable, seenText } from '../views/health-tables.ts';
import { oneLine } from '../views/mrkdwn.ts';

/** Many nodes leave room for pods, of which there are several to each. */
const longestNodes = 2_000;
const longestPods = 2_900;

/** The nodes of a cluster and the pods of kube-system, or why they are not known. Pure. */
export function podsAnswer(cluster: string, seen: InspectionResults['inspect-pods']): Message {
  if (seen.kind === 'unknown') {
    return paragraph(`✗ Looking into *${cluster}*: ${oneLine(seen.text, 1_500)}\n→ ${oneLine(seen.hint, 600)}`);
  }
  const { health } = seen;
  const title = `${cluster} · ${healthSummary(health)}`;
  return {
    text: title,
    blocks: [
      header(title),
      section(nodesTable(health, longestNodes)),
      section(podsTable(health, { max: longestPods, wide: true })),
      smallPrint(seenText(health)),
    ],
  };
}
