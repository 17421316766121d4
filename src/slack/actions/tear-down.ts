import type { Cluster } from '../../clusters/cluster.ts';
import type { Answer } from '../answer.ts';
import { requestTearDown, type TearDownChoice } from '../request-tear-down.ts';
import { busyAnswer, unknownDeploymentAnswer } from '../texts/answers.ts';
import { earlierCardAnswer, goneAnswer, newerThereAnswer } from '../texts/tear-down-answers.ts';
import type { ButtonValue } from '../views/button-value.ts';
import type { Action, Click } from './action.ts';

/**
 * Tears down the cluster that a button was made for, and never another one that has its name by now: the button carries
 * the deployment that made the cluster, or none where the cluster was not known.
 */
export const tearDown: Action = { needs: 'down', run: (click) => runTearDown(click, {}) };

/** The same, and what the cluster has stored goes with it. */
export const tearDownWithVolumes: Action = {
  needs: 'down',
  run: (click) => runTearDown(click, { removeVolumes: true }),
};

async function runTearDown({ value, user, context }: Click, choice: TearDownChoice): Promise<Answer> {
  const { known, deployments } = context;
  const name = value.cluster ?? (value.deployment && (await deployments.find(value.deployment))?.cluster);
  if (name === undefined) return unknownDeploymentAnswer();

  const lock = await deployments.lock(name);
  if (lock !== undefined) return busyAnswer(name, lock, await deployments.find(lock.deployment));
  const record = await known.find(name);
  return otherThanMeant(name, value, record) ?? requestTearDown({ name, record, ...choice }, user, context);
}

function otherThanMeant(
  name: string,
  { deployment: meant, shownAt = 0 }: ButtonValue,
  record: Cluster | undefined,
): Answer | undefined {
  if (record?.deployment === meant) return undefined;
  if (record === undefined) return goneAnswer(name);
  if (meant !== undefined) return earlierCardAnswer(record);
  // One that was there already has only been found in the cloud since.
  return record.since > shownAt ? newerThereAnswer(record) : undefined;
}
