import type { App, BlockAction, ViewOutput, ViewSubmitAction } from '@slack/bolt';
import { admit } from '../admit.ts';
import type { Answer } from '../answer.ts';
import { aboutClick } from '../attempt.ts';
import { answering } from '../guard.ts';
import type { Listening } from '../listening.ts';
import { unknownDeploymentAnswer } from '../texts/answers.ts';
import { unknownFormAnswer } from '../texts/form-answers.ts';
import { parseMemory } from '../views/form-memory.ts';
import { noteView } from '../views/note-view.ts';
import { createDialogs } from './dialogs.ts';
import type { Entered, Form, Problems } from './form.ts';
import { forms } from './forms.ts';
import { inputs } from './inputs.ts';
import { makeUpForm } from './open-up-form.ts';

type InputState = ViewOutput['state']['values'][string][string];

interface Sent {
  readonly entered: Entered;
  readonly user: string;
  readonly team: string | undefined;
}

/**
 * Has every form acknowledged at once: with what is wrong in it, while it is open, or closed, decided about, done, and
 * answered privately where the card does not show it.
 */
export function registerForms(app: App, listening: Listening): void {
  const { context, people, client, track } = listening;
  // One listener for all ids: a form of an older version of ours is to be answered, too.
  app.view<ViewSubmitAction>(/.*/, async ({ ack, body, view }) => {
    const user = body.user.id;
    const log = context.log.child({ user, form: view.callback_id });
    const form = forms.get(view.callback_id);
    const entered = { entries: entriesOf(view), memory: parseMemory(view.private_metadata) };
    const problems = form?.check?.(entered, context) ?? {};
    if (Object.keys(problems).length > 0) {
      await ack({ response_action: 'errors', errors: byBlock(problems, view) });
      return;
    }
    await ack();
    log.info('a form');
    const dialogs = createDialogs(client, log);
    const tell = (answer: Answer) => dialogs.tell(answer, user, entered.memory.channel);
    await track(answering(() => run(form, { entered, user, team: body.team?.id }), tell, log));
  });

  // Another cluster has other versions and limits, so the form is made anew for it.
  app.action<BlockAction>(inputs.cluster, async ({ ack, action, body }) => {
    await ack();
    const user = body.user.id;
    const { view } = body;
    if (view === undefined || action.type !== 'static_select') return;
    const log = context.log.child({ user, form: view.callback_id });
    const dialogs = createDialogs(client, log);
    const { channel } = parseMemory(view.private_metadata);
    const cluster = action.selected_option.value;
    const choose = async (): Promise<undefined> => {
      const made = await makeUpForm({ people, context, user, team: body.team?.id, surface: 'form', channel, cluster });
      await dialogs.update(view.id, made.ok ? made.view : noteView(made.answer.text));
    };
    await track(answering(choose, (answer) => dialogs.tell(answer, user, channel), log));
  });

  async function run(form: Form | undefined, { entered, user, team }: Sent): Promise<Answer | undefined> {
    if (form === undefined) return unknownFormAnswer();
    const value = form.about(entered);
    const about = await aboutClick(value, context);
    if (about === undefined) return unknownDeploymentAnswer();
    const attempt = { verb: form.needs, surface: 'form', user, team, about } as const;
    const refusal = await admit(attempt, { people, context });
    return refusal ?? form.run({ ...entered, value, user, attempt, context, people });
  }
}

function entriesOf({ state }: ViewOutput): ReadonlyMap<string, string> {
  const values = Object.values(state.values).flatMap((block) => Object.entries(block));
  return new Map(
    values.flatMap(([id, value]): [string, string][] => {
      const text = textOf(value);
      return text === undefined ? [] : [[id, text]];
    }),
  );
}

function textOf({ value, selected_option: option, selected_date_time: time }: InputState): string | undefined {
  return value ?? option?.value ?? (typeof time === 'number' ? String(time) : undefined);
}

/** Slack shows errors at blocks, each of which has one input. */
function byBlock(problems: Problems, { state }: ViewOutput): Record<string, string> {
  const blocks = Object.entries(state.values).flatMap(([block, values]): [string, string][] => {
    const problem = Object.entries(problems).find(([input]) => Object.hasOwn(values, input))?.[1];
    return problem === undefined ? [] : [[block, problem]];
  });
  return Object.fromEntries(blocks);
}
