import type { App, BlockAction } from '@slack/bolt';
import { admit } from '../admit.ts';
import { type Answer, directly, privately } from '../answer.ts';
import { aboutClick } from '../attempt.ts';
import { createDialogs } from '../forms/dialogs.ts';
import { isFormInput } from '../forms/inputs.ts';
import { type FormPlace, type MadeForm, openForm } from '../forms/open-form.ts';
import { answering } from '../guard.ts';
import { redrawHome } from '../home.ts';
import type { Listening } from '../listening.ts';
import { unknownButtonAnswer, unknownDeploymentAnswer } from '../texts/answers.ts';
import { parseButtonValue } from '../views/button-value.ts';
import type { Action, Click, FormAction } from './action.ts';
import { actions } from './actions.ts';

interface Clicked extends Pick<Click, 'channel' | 'say'>, FormPlace {
  readonly id: string;
  readonly value: string | undefined;
  readonly user: string;
  readonly team: string | undefined;
  /** On a message that only this person sees. */
  readonly inPlace: boolean;
}

type Admitted = { readonly ok: true; readonly click: Click } | { readonly ok: false; readonly answer: Answer };

/** Has every button acknowledged at once, decided about, done, and answered privately where the card does not show it. */
export function registerActions(app: App, listening: Listening): void {
  const { context, people, client, track } = listening;
  // One listener for all ids: a button of an older version of ours is to be answered, too.
  app.action<BlockAction>(/.*/, async ({ ack, action, body, respond }) => {
    // Choices in a form that is still open are the form's own.
    if (isFormInput(action.action_id)) return;
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
    const clicked = {
      id: action.action_id,
      value,
      user,
      team,
      inPlace,
      triggerId: body.trigger_id,
      channel: body.channel?.id,
      dialogs: createDialogs(client, log),
      say: tell,
    };
    await track(
      answering(() => run(clicked), tell, log).then(() => (atHome ? redrawHome(user, listening, team) : undefined)),
    );
  });

  async function run(clicked: Clicked): Promise<Answer | undefined> {
    const action = actions.get(clicked.id);
    if (action === undefined) return unknownButtonAnswer(clicked.id);
    const answer = await answerOf(action, clicked);
    // A private question is replaced by what came of it, so that its button cannot be used twice.
    return answer && { ...answer, replaceOriginal: clicked.inPlace };
  }

  async function answerOf(action: Action, clicked: Clicked): Promise<Answer | undefined> {
    // Slack waits for a form, but not for whatever else has to be known before.
    if ('form' in action) return openForm(clicked, 'Click again', () => formOf(action, clicked));
    const admitted = await admittedClick(action, clicked);
    return admitted.ok ? action.run(admitted.click) : admitted.answer;
  }

  async function formOf(action: FormAction, clicked: Clicked): Promise<MadeForm> {
    const admitted = await admittedClick(action, clicked);
    return admitted.ok ? action.form(admitted.click) : admitted;
  }

  async function admittedClick(
    action: Action,
    { value: packed, user, team, channel, say }: Clicked,
  ): Promise<Admitted> {
    const value = parseButtonValue(packed);
    const about = await aboutClick(value, context);
    if (about === undefined) return { ok: false, answer: unknownDeploymentAnswer() };
    const attempt = { verb: action.needs, surface: 'button', user, team, about } as const;
    const refusal = await admit(attempt, { people, context });
    if (refusal !== undefined) return { ok: false, answer: refusal };
    return { ok: true, click: { value, user, attempt, context, people, channel, say } };
  }
}
