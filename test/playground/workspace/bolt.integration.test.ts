import type { App, BlockAction, SlashCommand, ViewSubmitAction } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/log.ts';
import { startWorkspace, type Workspace } from '../../../src/playground/workspace/workspace.ts';
import { type ConnectedApp, connectByHttp, connectBySocket } from './support/bolt-app.ts';
import { deferred } from './support/deferred.ts';

const modal = {
  type: 'modal' as const,
  callback_id: 'deny',
  private_metadata: 'run-1',
  title: { type: 'plain_text' as const, text: 'Deny' },
  submit: { type: 'plain_text' as const, text: 'Deny' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'reason',
      label: { type: 'plain_text' as const, text: 'Reason' },
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
  ],
};

const card = {
  text: 'Plan for staging',
  blocks: [
    {
      type: 'actions',
      block_id: 'decision',
      elements: [
        { type: 'button', action_id: 'approve', value: 'run-1', text: { type: 'plain_text', text: 'Approve' } },
        { type: 'button', action_id: 'deny', value: 'run-1', text: { type: 'plain_text', text: 'Deny' } },
        {
          type: 'static_select',
          action_id: 'extend',
          placeholder: { type: 'plain_text', text: 'Extend' },
          options: [{ text: { type: 'plain_text', text: '8 hours' }, value: '8h' }],
        },
      ],
    },
  ],
};

describe.each([
  { mode: 'Socket Mode', connect: connectBySocket },
  { mode: 'signed HTTP', connect: connectByHttp },
])('a Bolt app over $mode', ({ connect }) => {
  let workspace: Workspace;
  let connected: ConnectedApp | undefined;

  beforeEach(async () => {
    workspace = await startWorkspace({ log: silentLogger() });
  });

  afterEach(async () => {
    await connected?.disconnect();
    connected = undefined;
    await workspace.close();
  });

  async function run(register: (app: App) => void): Promise<void> {
    connected = await connect(workspace, register);
  }

  it('hears a slash command with everything that Slack sends along', async () => {
    const heard: SlashCommand[] = [];
    await run((app) => {
      app.command('/k8s', async ({ ack, command }) => {
        heard.push(command);
        await ack();
      });
    });

    const result = await workspace.command('U0DEVELOPER', 'C0DEPLOYS', '/k8s up staging --nodes 3');

    expect(result).toEqual({ ok: true });
    expect(heard[0]).toMatchObject({
      command: '/k8s',
      text: 'up staging --nodes 3',
      user_id: 'U0DEVELOPER',
      user_name: 'developer',
      channel_id: 'C0DEPLOYS',
      channel_name: 'deploys',
      team_id: 'T0PLAYGROUND',
      team_domain: 'playground',
      api_app_id: 'A0SLIPWAY',
      is_enterprise_install: 'false',
      trigger_id: expect.stringMatching(/./),
      response_url: expect.stringMatching(/^http/),
    });
    expect(workspace.messages('C0DEPLOYS')).toEqual([]);
  });

  it('answers a command with its acknowledgement, for the person alone', async () => {
    await run((app) => {
      app.command('/k8s', async ({ ack }) => ack({ text: 'Working on it' }));
    });

    await workspace.command('U0VISITOR', 'C0RANDOM', '/k8s list');

    expect(workspace.messages('C0RANDOM')).toMatchObject([{ text: 'Working on it', ephemeralFor: 'U0VISITOR' }]);
  });

  it('answers a command through its response_url, for everybody if it wants', async () => {
    const done = deferred<void>();
    await run((app) => {
      app.command('/k8s', async ({ ack, respond }) => {
        await ack();
        await respond({ text: 'For all', response_type: 'in_channel' });
        done.resolve();
      });
    });

    await workspace.command('U0DEVELOPER', 'C0DEPLOYS', '/k8s list');
    await done.promise;

    const [message] = workspace.messages('C0DEPLOYS');
    expect(message).toMatchObject({ text: 'For all', user: 'U0SLIPWAY' });
    expect(message).not.toHaveProperty('ephemeralFor');
  });

  it('hears a button with the message it hangs on, and updates that message in place', async () => {
    const done = deferred<BlockAction>();
    await run((app) => {
      app.action('approve', async ({ ack, body, client, action, respond }) => {
        await ack();
        const { channel, message } = body as BlockAction;
        await client.chat.update({ channel: channel?.id ?? '', ts: message?.ts ?? '', text: 'Approved', blocks: [] });
        await respond({ text: `You approved ${action.type === 'button' ? action.value : ''}` });
        done.resolve(body as BlockAction);
      });
    });
    const { ts } = (await connected?.app.client.chat.postMessage({ channel: 'C0DEPLOYS', ...card })) ?? {};

    const result = await workspace.click('U0PLATFORM', { channel: 'C0DEPLOYS', ts: ts ?? '', actionId: 'approve' });
    const body = await done.promise;

    expect(result).toEqual({ ok: true });
    expect(body).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0PLATFORM', username: 'platform', team_id: 'T0PLAYGROUND' },
      container: { type: 'message', message_ts: ts, channel_id: 'C0DEPLOYS', is_ephemeral: false },
      channel: { id: 'C0DEPLOYS', name: 'deploys' },
      message: { ts, text: 'Plan for staging', bot_id: 'B0SLIPWAY' },
      actions: [{ type: 'button', action_id: 'approve', block_id: 'decision', value: 'run-1' }],
      state: { values: { decision: { extend: { type: 'static_select', selected_option: null } } } },
      team: { id: 'T0PLAYGROUND' },
      enterprise: null,
      is_enterprise_install: false,
    });
    expect(workspace.messages('C0DEPLOYS')).toMatchObject([
      { ts, text: 'Approved', edits: 1 },
      { text: 'You approved run-1', ephemeralFor: 'U0PLATFORM' },
    ]);
  });

  it('hears what was chosen in a menu', async () => {
    const chosen: string[] = [];
    await run((app) => {
      app.action('extend', async ({ ack, action }) => {
        await ack();
        if (action.type === 'static_select') chosen.push(action.selected_option.value);
      });
    });
    const { ts } = (await connected?.app.client.chat.postMessage({ channel: 'C0DEPLOYS', ...card })) ?? {};
    const menu = { channel: 'C0DEPLOYS', ts: ts ?? '', actionId: 'extend' };

    const results = [
      await workspace.click('U0DEVELOPER', { ...menu, value: '8h' }),
      await workspace.click('U0DEVELOPER', { ...menu, value: '9h' }),
    ];

    expect(results).toEqual([{ ok: true }, { ok: false, error: 'action_not_found' }]);
    expect(chosen).toEqual(['8h']);
  });

  it('opens a modal, refuses an entry in it, and takes the next', async () => {
    const submitted: ViewSubmitAction[] = [];
    await run((app) => {
      app.action('deny', async ({ ack, body, client }) => {
        await ack();
        await client.views.open({ trigger_id: (body as BlockAction).trigger_id, view: modal });
      });
      app.view('deny', async ({ ack, body }) => {
        submitted.push(body as ViewSubmitAction);
        if (submitted.length === 1) await ack({ response_action: 'errors', errors: { reason: 'Say more' } });
        else await ack();
      });
    });
    const { ts } = (await connected?.app.client.chat.postMessage({ channel: 'C0DEPLOYS', ...card })) ?? {};
    await workspace.click('U0PLATFORM', { channel: 'C0DEPLOYS', ts: ts ?? '', actionId: 'deny' });
    await expect.poll(() => workspace.modals('U0PLATFORM').length).toBe(1);
    const viewId = workspace.modals('U0PLATFORM')[0]?.id ?? '';

    const empty = await workspace.submitView('U0PLATFORM', viewId, {});
    const short = await workspace.submitView('U0PLATFORM', viewId, { reason: { text: 'no' } });
    const good = await workspace.submitView('U0PLATFORM', viewId, { reason: { text: 'not on a Friday' } });

    expect(empty).toMatchObject({ ok: false, errors: { reason: 'Please complete this required field.' } });
    expect(short).toMatchObject({ ok: false, errors: { reason: 'Say more' } });
    expect(good).toEqual({ ok: true });
    expect(submitted[1]).toMatchObject({
      type: 'view_submission',
      view: {
        id: viewId,
        callback_id: 'deny',
        private_metadata: 'run-1',
        state: { values: { reason: { text: { type: 'plain_text_input', value: 'not on a Friday' } } } },
      },
    });
    expect(workspace.modals('U0PLATFORM')).toEqual([]);
  });

  it('is sent numbers and times as Slack sends them, and only such as the view allows', async () => {
    const submitted = deferred<unknown>();
    const label = (text: string) => ({ type: 'plain_text' as const, text });
    await run((app) => {
      app.command('/k8s', async ({ ack, client, body }) => {
        await ack();
        const number = { type: 'number_input' as const, action_id: 'n', is_decimal_allowed: false, max_value: '3' };
        const moment = { type: 'datetimepicker' as const, action_id: 'd', initial_date_time: 1_784_116_800 };
        await client.views.open({
          trigger_id: body.trigger_id,
          view: {
            ...modal,
            blocks: [
              { type: 'input', block_id: 'nodes', label: label('Nodes'), element: number },
              { type: 'input', block_id: 'until', label: label('Until'), element: moment },
            ],
          },
        });
      });
      app.view('deny', async ({ ack, view }) => {
        await ack();
        submitted.resolve(view.state.values);
      });
    });
    await workspace.command('U0DEVELOPER', 'C0DEPLOYS', '/k8s scale');
    await expect.poll(() => workspace.modals('U0DEVELOPER').length).toBe(1);
    const viewId = workspace.modals('U0DEVELOPER')[0]?.id ?? '';

    const refused = [];
    for (const n of ['4', '2.5', 'two', '']) {
      refused.push(await workspace.submitView('U0DEVELOPER', viewId, { nodes: { n } }));
    }
    await workspace.submitView('U0DEVELOPER', viewId, { nodes: { n: '2' } });

    expect(refused.map(({ errors }) => errors)).toEqual([
      { nodes: 'Please enter a number no more than 3.' },
      { nodes: 'Please enter a whole number.' },
      { nodes: 'Please enter a whole number.' },
      { nodes: 'Please complete this required field.' },
    ]);
    expect(await submitted.promise).toEqual({
      nodes: { n: { type: 'number_input', value: '2' } },
      until: { d: { type: 'datetimepicker', selected_date_time: 1_784_116_800 } },
    });
  });

  it('hears a mention written into a thread', async () => {
    const heard = deferred<{ text: string; thread_ts?: string }>();
    await run((app) => {
      app.event('app_mention', async ({ event }) => heard.resolve(event));
    });
    const { ts } = (await connected?.app.client.chat.postMessage({ channel: 'C0DEPLOYS', text: 'Card' })) ?? {};

    const result = await workspace.say('U0DEVELOPER', 'C0DEPLOYS', '@slipway status', ts);

    expect(result).toEqual({ ok: true });
    expect(await heard.promise).toMatchObject({ text: '<@U0SLIPWAY> status', thread_ts: ts, user: 'U0DEVELOPER' });
  });

  it('hears that somebody opened its Home tab, and publishes one', async () => {
    await run((app) => {
      app.event('app_home_opened', async ({ event, client }) => {
        await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'divider' }] } });
      });
    });

    await workspace.openHome('U0VISITOR');

    await expect.poll(() => workspace.home('U0VISITOR')?.blocks[0]?.type).toBe('divider');
  });

  it('is reported as timed out when it does not acknowledge within three seconds', async () => {
    await run((app) => {
      app.command('/k8s', async () => {});
    });

    const result = await workspace.command('U0DEVELOPER', 'C0DEPLOYS', '/k8s list');

    expect(result).toEqual({ ok: false, error: 'operation_timeout' });
    expect(workspace.messages('C0DEPLOYS')).toMatchObject([
      { text: '/k8s failed with the error "operation_timeout"', user: 'USLACKBOT', ephemeralFor: 'U0DEVELOPER' },
    ]);
  });

  it('uploads a file into a thread with one call of the client', async () => {
    await run(() => {});
    const client = connected?.app.client;
    const { ts } = (await client?.chat.postMessage({ channel: 'C0DEPLOYS', text: 'Card' })) ?? {};

    await client?.filesUploadV2({
      channel_id: 'C0DEPLOYS',
      thread_ts: ts ?? '',
      initial_comment: 'The log',
      filename: 'build.log',
      content: 'line 1\nline 2\n',
    });

    const shared = workspace.messages('C0DEPLOYS').at(-1);
    expect(shared).toMatchObject({ text: 'The log', thread_ts: ts, files: [{ name: 'build.log', size: 14 }] });
    const file = await fetch(`${workspace.url}${shared?.files?.[0]?.path}`);
    expect(await file.text()).toBe('line 1\nline 2\n');
  });
});
