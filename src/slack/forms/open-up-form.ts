import { mayUse, namedFor, policyFor } from '../../clusters/policy.ts';
import { admit, clustersFor, type Deciding } from '../admit.ts';
import { refusedChanges } from '../admit-changes.ts';
import type { Answer } from '../answer.ts';
import type { Attempt } from '../attempt.ts';
import { record } from '../record.ts';
import { allStandings } from '../standing.ts';
import { refusedAnswer } from '../texts/answers.ts';
import { nothingToBringUpAnswer } from '../texts/form-answers.ts';
import { verbText } from '../texts/verb-texts.ts';
import { type OfferedCluster, type UpChoice, upView } from '../views/up-view.ts';
import { type FormPlace, type MadeForm, openForm } from './open-form.ts';

/** Somebody who would bring a cluster up, and where they said so. */
export interface UpFormRequest extends Deciding, FormPlace, Pick<Attempt, 'user' | 'team' | 'surface'> {
  /** Slack id of the channel that is told what comes of it; a direct message is sent without one. */
  readonly channel?: string | undefined;
  /** The cluster that is chosen from the start, if it is among those that can be. */
  readonly cluster?: string;
}

/**
 * Opens the form that asks for a cluster, with those that this person may bring up. Answers what is to be said in its
 * place, if anything. Throws a DeployError when it cannot be opened, or Slack does not say who somebody is.
 */
export function openUpForm(request: UpFormRequest): Promise<Answer | undefined> {
  return openForm(request, 'Type /k8s up CLUSTER, such as /k8s up staging --nodes 2', () => makeUpForm(request));
}

/** The form as it is for somebody now. */
export async function makeUpForm(request: Omit<UpFormRequest, keyof FormPlace>): Promise<MadeForm> {
  const { user, team, surface, channel, context } = request;
  const attempt: Attempt = { verb: 'form', surface, user, team, about: {} };
  const refusal = await admit(attempt, request);
  if (refusal !== undefined) return { ok: false, answer: refusal };

  const may = await clustersFor('up', user, request);
  const standings = (await allStandings(context)).filter(({ name, spec }) => spec !== undefined && may(name));
  if (standings.length === 0) return { ok: false, answer: await nothingFor(attempt, request) };
  const free = standings.flatMap(({ spec, record, active }) => (spec && !record && !active ? [spec] : []));
  const chosen = free.find(({ name }) => name === request.cluster) ?? free[0];
  if (chosen === undefined) return { ok: false, answer: nothingToBringUpAnswer(standings) };
  const choice: UpChoice = { spec: chosen, refused: await refusedChanges(chosen.name, user, request) };
  const others = standings.filter(({ record, active }) => record !== undefined || active !== undefined);
  return { ok: true, view: upView({ free: free.map(offered), others }, choice, { channel }) };
}

function offered({ name, kubernetes, nodes }: UpChoice['spec']): OfferedCluster {
  return { name, version: kubernetes.version, nodes: nodes.count };
}

/** Somebody who may bring up nothing is told so, and that is written down as if they had tried. */
async function nothingFor(
  attempt: Attempt,
  { people, context, user }: Deciding & Pick<Attempt, 'user'>,
): Promise<Answer> {
  const policy = policyFor(context.policy, undefined);
  const verdict = mayUse('up', policy, await people.find(user, namedFor('up', policy)));
  if (verdict.allowed) return nothingToBringUpAnswer([]);
  await record({ ...attempt, verb: 'up' }, { allowed: false, rule: verdict.reason }, context);
  return refusedAnswer(verdict, verbText('up', undefined));
}
