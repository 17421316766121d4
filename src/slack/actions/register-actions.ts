import type { App, BlockAction } from '@slack/bolt';
import { admit } from '../admit.ts';
import { type Answer, directly, privately, type Tell } from '../answer.ts';
import { aboutClick } from '../attempt.ts';
import { answering } from '../guard.ts';
import { redrawHome } from '../home.ts';
import type { Listening } from '../listening.ts';
import { unknownButtonAnswer, unknownDeploymentAnswer } from '../texts/answers.ts';
import { parseButtonValue } from '../views/button-value.ts';
import type { Action } from './action.ts';
import { actions } from './actions.ts';

interface Clicked {
  readonly id: string;
  readonly value: string | undefined;
  readonly user: string;
  readonly team: string | undefined;
  /** On a message that only this person sees. */
  readonly inPlace: boolean;
}

/** Has every button acknowledged at once, decided about, done, and answered privately where the card does not show it. */
export function registerActions(app: App, listening: Listening): void {
  const { context, people, client, track } = listening;
  // One listener for all ids: a button of an older version of ours is to be answered, too.
  app.action<BlockAction>(/.*/, async ({ ack, action, body, respond }) => {
    await ack();
    const user = body.user.id;
    const value = 'value' in action ? action.value : undefined;
    const log = context.log.child({ user, action: action.action_id, value });
    log.info('a click');
    const inPlace = body.container.is_ephemeral === true;
    // A click in the Home tab comes without a response_url, since it is in no channel.
    const atHome = body.view?.type === 'home';
    const tell = atHome ? directly(client, user) : privately(respond, log, body.container.thread_ts);
    const team = body.team?.id;
    await track(
      answering(() => run({ id: action.action_id, value, user, team, inPlace }, tell), tell, log).then(() =>
        atHome ? redrawHome(user, listening, team) : undefined,
      ),
    );
  });

  async function run(clicked: Clicked, say: Tell): Promise<Answer | undefined> {
    const action = actions.get(clicked.id);
    if (action === undefined) return unknownButtonAnswer(clicked.id);
    const answer = await answerOf(action, clicked, say);
    // A private question is replaced by what came of it, so that its button cannot be used twice.
    return answer && { ...answer, replaceOriginal: clicked.inPlace };
  }

  async function answerOf(action: Action, { value: packed, user, team }: Clicked, say: Tell) {
    const value = parseButtonValue(packed);
    const about = await aboutClick(value, context);
    if (about === undefined) return unknownDeploymentAnswer();
    const attempt = { verb: action.needs, surface: 'button', user, team, about } as const;
    const refusal = await admit(attempt, { people, context });
    return refusal ?? action.run({ value, user, attempt, context, people, say });
  }
}
