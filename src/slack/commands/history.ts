import type { Deployment } from '../../clusters/deployment.ts';
import { clustersFor } from '../admit.ts';
import type { Answer } from '../answer.ts';
import type { SlackContext } from '../context.ts';
import { standingOf } from '../standing.ts';
import { historyAnswer } from '../texts/history-answer.ts';
import type { Command, CommandCall } from './command.ts';
import { mentionedPerson } from './mentioned.ts';

export const history: Command = {
  name: 'history',
  needs: 'history',
  arguments: '[CLUSTER|@PERSON]',
  summary: 'show who did what, who was refused, and what became of it',
  details:
    'Shows the newest decisions about commands and buttons and how deployments ended, of one cluster, of one person or of all. Of what was allowed only that is shown which changes something or hands something out.',
  examples: ['/k8s history staging', '/k8s history', '/k8s history @somebody'],
  run: runHistory,
};

/** How far back it is looked: "and 14 more" counts these. */
const decisionsRead = 2_000;
const deploymentsRead = 200;

async function runHistory(call: CommandCall): Promise<Answer> {
  const { context, user, words } = call;
  const [word] = words;
  const deployments = await context.deployments.recent(deploymentsRead);
  const person = word === undefined ? undefined : mentionedPerson(word);
  const cluster = word === undefined || person !== undefined ? undefined : await nameOf(word, deployments, context);
  const shows = cluster === undefined ? await clustersFor('history', user, call) : (name: string) => name === cluster;
  const decisions = await context.audit.newest(decisionsRead);
  const isTheirs = (id: string) => person === undefined || id === person;
  return historyAnswer({
    cluster,
    person,
    decisions: decisions.filter(
      (entry) => isTheirs(entry.who) && (entry.cluster === undefined ? cluster === undefined : shows(entry.cluster)),
    ),
    deployments: deployments.filter((deployment) => isTheirs(deployment.requestedBy) && shows(deployment.cluster)),
  });
}

/** A cluster that is gone has a history as well, while Redis remembers a deployment of it. */
async function nameOf(word: string, past: readonly Deployment[], context: SlackContext): Promise<string> {
  return past.some(({ cluster }) => cluster === word) ? word : (await standingOf(word, context)).name;
}
