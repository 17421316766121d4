import { app, team } from '../state/directory.ts';
import type { ApiMethod } from './api-method.ts';

export const authMethods: readonly ApiMethod[] = [
  {
    name: 'auth.test',
    token: 'bot',
    run: (_args, { origin }) => ({
      url: `${origin()}/`,
      team: team.name,
      team_id: team.id,
      user: 'slipway',
      user_id: app.userId,
      bot_id: app.botId,
      is_enterprise_install: false,
    }),
  },
  { name: 'api.test', token: 'none', run: () => ({ args: {} }) },
];
