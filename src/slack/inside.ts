import type { Cluster } from '../clusters/cluster.ts';
import type { ClusterQuestion } from '../queue/jobs.ts';
import type { Answer } from './answer.ts';
import type { SlackContext } from './context.ts';
import { type Standing, standingOf } from './standing.ts';
import { unknownDeploymentAnswer } from './texts/answers.ts';
import { earlierInsideAnswer, goneInsideAnswer, notThereAnswer } from './texts/inside-answers.ts';
import type { ButtonValue } from './views/button-value.ts';

/** A cluster whose Kubernetes can be asked, or why there is none. `command` is what somebody would type. */
type Inside = ClusterQuestion | Answer;

/** True where there is nothing that could be asked. */
export function isAnswer(inside: Inside): inside is Answer {
  return 'blocks' in inside;
}

/** The cluster that somebody has typed. Throws a UsageError with the nearest name when nobody has heard of it. */
export async function insideNamed(name: string, command: string, context: SlackContext): Promise<Inside> {
  const standing = await standingOf(name, context);
  return questionOf(standing) ?? notThereAnswer(standing, command);
}

/**
 * The cluster of a card's button, and never another one that has its name by now: whoever clicks means what the card
 * shows.
 */
export async function insideOfCard(value: ButtonValue, command: string, { known }: SlackContext): Promise<Inside> {
  const { cluster, deployment } = value;
  if (cluster === undefined || deployment === undefined) return unknownDeploymentAnswer();
  const record = await known.find(cluster);
  if (record === undefined) return goneInsideAnswer(cluster);
  return record.deployment === deployment ? { cluster, deployment } : earlierInsideAnswer(record, command);
}

/** Servers of a cluster that is coming up may be asked as soon as there can be any; the worker says what is missing. */
function questionOf({ name, record, active }: Standing): ClusterQuestion | undefined {
  const deployment = deploymentOf(record, active);
  return deployment === undefined ? undefined : { cluster: name, deployment };
}

function deploymentOf(record: Cluster | undefined, active: Standing['active']): string | undefined {
  if (record !== undefined) return record.deployment;
  const stacked = active?.action === 'up' && (active.steps.stack?.attempt ?? 0) > 0;
  return stacked ? active.id : undefined;
}
