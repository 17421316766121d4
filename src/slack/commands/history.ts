import { clustersFor } from '../admit.ts';
import type { Answer } from '../answer.ts';
import { standingOf } from '../standing.ts';
import { historyAnswer } from '../texts/history-answer.ts';
import type { Command, CommandCall } from './command.ts';

export const history: Command = {
  name: 'history',
  needs: 'history',
  arguments: '[CLUSTER]',
  summary: 'show who did what, who was refused, and what became of it',
  details:
    'Shows the newest decisions about commands and buttons and how deployments ended, of one cluster or of all. Of what was allowed only that is shown which changes something or hands something out.',
  examples: ['/k8s history staging', '/k8s history'],
  run: runHistory,
};

/** How far back it is looked: "and 14 more" counts these. */
const decisionsRead = 2_000;
const deploymentsRead = 200;

async function runHistory(call: CommandCall): Promise<Answer> {
  const { context, user, words } = call;
  const [word] = words;
  const cluster = word === undefined ? undefined : await nameOf(word, call);
  const shows = cluster === undefined ? await clustersFor('history', user, call) : (name: string) => name === cluster;
  const [decisions, deployments] = await Promise.all([
    context.audit.newest(decisionsRead),
    context.deployments.recent(deploymentsRead),
  ]);
  return historyAnswer({
    cluster,
    decisions: decisions.filter((entry) =>
      entry.cluster === undefined ? cluster === undefined : shows(entry.cluster),
    ),
    deployments: deployments.filter((deployment) => shows(deployment.cluster)),
  });
}

/** A cluster that is gone has a history as well, while Redis remembers a deployment of it. */
async function nameOf(word: string, { context }: CommandCall): Promise<string> {
  const past = await context.deployments.recent(deploymentsRead);
  return past.some(({ cluster }) => cluster === word) ? word : (await standingOf(word, context)).name;
}
