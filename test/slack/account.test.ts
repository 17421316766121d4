import { describe, expect, it } from 'vitest';
import { outsiderOf } from '../../src/slack/account.ts';

const home = 'T0HOME';
const member = { id: 'U0X', team_id: home, deleted: false, is_bot: false, is_restricted: false };

describe('an account', () => {
  it.each([
    ['of a full member', member, undefined],
    ['of an administrator', { ...member, is_admin: true }, undefined],
    ['of a guest', { ...member, is_restricted: true }, 'guest'],
    ['of a guest of one channel', { ...member, is_restricted: true, is_ultra_restricted: true }, 'guest'],
    ['of a bot', { ...member, is_bot: true }, 'bot'],
    ['of a workflow', { ...member, is_workflow_bot: true }, 'bot'],
    ['of Slackbot', { ...member, id: 'USLACKBOT' }, 'bot'],
    ['that is switched off', { ...member, deleted: true }, 'deleted'],
    ['of another workspace', { ...member, team_id: 'T0ELSEWHERE' }, 'stranger'],
    ['of somebody who only shares a channel', { ...member, is_stranger: true }, 'stranger'],
    ['that says nothing of a workspace', { id: 'U0X' }, 'stranger'],
    [
      'of the same organisation, in this workspace too',
      { ...member, team_id: 'T0FIRST', enterprise_user: { teams: ['T0FIRST', home] } },
      undefined,
    ],
    [
      'of the same organisation, but not in this workspace',
      { ...member, team_id: 'T0FIRST', enterprise_user: { teams: ['T0FIRST'] } },
      'stranger',
    ],
  ])('%s', (_what, user, outsider) => {
    expect(outsiderOf(user, home)).toBe(outsider);
  });
});
