import { makeUpForm } from '../forms/open-up-form.ts';
import type { FormAction } from './action.ts';

/** Opens the form that asks for a cluster. */
export const bringUp: FormAction = {
  needs: 'form',
  form: ({ user, attempt: { team, surface }, channel, context, people }) =>
    makeUpForm({ user, team, surface, channel, context, people }),
};
