import type { App } from '@slack/bolt';
import { type Deployment, isTerminal } from '../clusters/deployment.ts';
import { mayApprove } from '../clusters/policy.ts';
import type { Verb } from '../clusters/verbs.ts';
import { clustersFor, type Deciding } from './admit.ts';
import type { Listening } from './listening.ts';
import { outsiderAnswer } from './texts/answers.ts';
import { closedHomeView, type Home, homeView } from './views/home-view.ts';

/** How far back it is looked for what has ended. */
const deploymentsRead = 50;

/** Draws somebody's Home tab anew whenever they open it. */
export function registerHome(app: App, listening: Listening): void {
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab === 'home') await listening.track(redrawHome(event.user, listening, body.team_id));
  });
}

/**
 * Draws the Home tab of one person as things are now; what stands in the way is logged, since the tab stays as it was.
 *
 * @param team where Slack says that they are from, if it does
 */
export async function redrawHome(user: string, listening: Listening, team: string | undefined): Promise<void> {
  await publishHome(user, listening, team).catch((error: unknown) =>
    listening.context.log.warn({ err: error, user }, 'a Home tab could not be drawn'),
  );
}

async function publishHome(user: string, tools: Listening, team: string | undefined): Promise<void> {
  const { people, client } = tools;
  const outsider = await people.outsider(user, team);
  const view =
    outsider === undefined ? homeView(await homeOf(user, tools)) : closedHomeView(outsiderAnswer(outsider).text);
  await client.views.publish({ user_id: user, view });
}

const offered = ['kubeconfig', 'pods', 'retry', 'extend', 'down'] as const satisfies readonly Verb[];

async function homeOf(user: string, deciding: Deciding): Promise<Home> {
  const { deployments, known, now = Date.now } = deciding.context;
  const [clusters, active, recent, shows, ...allowed] = await Promise.all([
    known.list(),
    deployments.active(),
    deployments.recent(deploymentsRead),
    clustersFor('status', user, deciding),
    ...offered.map((verb) => clustersFor(verb, user, deciding)),
  ]);
  const may = new Map<Verb, (cluster: string) => boolean>(
    offered.map((verb, index) => [verb, allowed[index] ?? (() => false)]),
  );
  const waiting = await waitingFor(user, active, deciding);
  const seen = (deployment: Deployment) => shows(deployment.cluster);
  return {
    mine: clusters
      .filter(({ requestedBy }) => requestedBy === user)
      .map((cluster) => ({ cluster, may: (verb) => may.get(verb)?.(cluster.name) ?? false })),
    waiting,
    running: active.filter((deployment) => seen(deployment) && !waiting.includes(deployment)),
    recent: recent.filter((deployment) => seen(deployment) && isTerminal(deployment.state)),
    at: now(),
  };
}

/** What somebody may approve and has not approved yet. */
async function waitingFor(
  user: string,
  active: readonly Deployment[],
  { people }: Deciding,
): Promise<readonly Deployment[]> {
  const open = active.filter(
    ({ state, approvals }) => state === 'awaiting-approval' && !approvals.some(({ by }) => by === user),
  );
  // Each by itself: who is named in person is not looked up in groups, which others may go by.
  const mine = await Promise.all(
    open.map(async (deployment) => mayApprove(deployment, await people.find(user, deployment.terms.from)).allowed),
  );
  return open.filter((_, index) => mine[index]);
}
