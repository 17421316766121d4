import type { types } from '@slack/bolt';
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { DeployError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { type Answer, directly } from '../answer.ts';

/** Opens forms, and tells what came of them. */
export interface Dialogs {
  /**
   * Opens a form, and answers its id. Throws a DeployError when Slack does not.
   *
   * @param instead what else its reader can do, as a sentence
   */
  open(triggerId: string, view: types.ModalView, instead: string): Promise<string>;
  /** Puts other blocks into a form that is open. One that its reader has closed meanwhile is nothing to wonder at. */
  update(viewId: string, view: types.ModalView): Promise<void>;
  /** Tells one person, in the channel if that can be and by direct message otherwise. Throws when neither can be. */
  tell(answer: Answer, user: string, channel: string | undefined): Promise<void>;
}

/** Slack's words for a trigger that opens nothing any more. */
const spent = ['expired_trigger_id', 'exchanged_trigger_id', 'invalid_trigger_id', 'trigger_exchanged'];

/** Slack's words for a form that is closed, or was changed meanwhile. */
const gone = ['not_found', 'view_not_found', 'hash_conflict'];

export function createDialogs(client: WebClient, log: Logger): Dialogs {
  return {
    async open(triggerId, view, instead) {
      try {
        const { view: opened } = await client.views.open({ trigger_id: triggerId, view });
        return opened?.id ?? '';
      } catch (error) {
        log.warn({ err: error, form: view.callback_id }, 'opening a form');
        throw unopened(error, instead);
      }
    },
    async update(viewId, view) {
      try {
        await client.views.update({ view_id: viewId, view });
      } catch (error) {
        if (!said(error, gone)) throw error;
        log.info({ form: view.callback_id }, 'a form was closed before it was filled');
      }
    },
    async tell(answer, user, channel) {
      if (channel !== undefined) {
        try {
          await client.chat.postEphemeral({ channel, user, text: answer.text, blocks: answer.blocks });
          return;
        } catch (error) {
          // The bot, or by now the person, is not in that channel.
          if (!(error instanceof WebAPIPlatformError)) throw error;
          log.info({ channel, error: error.data.error }, 'answering a form by direct message');
        }
      }
      await directly(client, user)(answer);
    },
  };
}

function unopened(cause: unknown, instead: string): DeployError {
  if (said(cause, spent)) {
    return new DeployError('form_late', 'The form came too late: Slack opens one within three seconds, and once', {
      hint: instead,
      cause,
    });
  }
  const why = cause instanceof WebAPIPlatformError ? `Slack refused (${cause.data.error})` : 'Slack did not answer';
  return new DeployError('form_unopened', `Opening the form: ${why}`, { hint: instead, cause });
}

function said(error: unknown, words: readonly string[]): boolean {
  return error instanceof WebAPIPlatformError && words.includes(error.data.error);
}
