import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/log.ts';
import { startWorkspace, type Workspace } from '../../../src/playground/workspace/workspace.ts';

let workspace: Workspace;
let client: WebClient;

beforeEach(async () => {
  workspace = await startWorkspace({ log: silentLogger() });
  client = clientWith(workspace.botToken);
});

afterEach(() => workspace.close());

function clientWith(token: string | undefined, slackApiUrl = workspace.slackApiUrl): WebClient {
  return new WebClient(token, { slackApiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true });
}

/** What Slack answers to a call that it refuses. */
async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await call.then(
    () => new Error('the call was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof WebAPIPlatformError) return { ...error.data };
  throw error;
}

/** A client of an app that was given these scopes, in a workspace of its own. */
async function withScopes<Result>(botScopes: readonly string[], work: (client: WebClient) => Promise<Result>) {
  const limited = await startWorkspace({ log: silentLogger(), botScopes });
  return work(clientWith(limited.botToken, limited.slackApiUrl)).finally(() => limited.close());
}

const hello = { channel: 'C0DEPLOYS', text: 'Hello' };

describe('tokens and scopes', () => {
  it('tells the bot who it is', async () => {
    const answer = await client.auth.test();

    expect(answer).toMatchObject({ ok: true, team_id: 'T0PLAYGROUND', user_id: 'U0SLIPWAY', bot_id: 'B0SLIPWAY' });
    expect(answer.response_metadata?.scopes).toContain('chat:write');
  });

  it.each([
    { name: 'no token', token: undefined, error: 'not_authed' },
    { name: 'a token that it never gave out', token: 'xoxb-guess', error: 'invalid_auth' },
  ])('refuses $name', async ({ token, error }) => {
    expect(await refusal(clientWith(token).auth.test())).toMatchObject({ error });
  });

  it('keeps the two kinds of tokens apart', async () => {
    const posting = await refusal(clientWith(workspace.appToken).chat.postMessage(hello));
    const connecting = await refusal(client.apps.connections.open({}));

    expect([posting.error, connecting.error]).toEqual(['not_allowed_token_type', 'not_allowed_token_type']);
  });

  it('names the scope that is missing', async () => {
    const answer = await refusal(client.conversations.members({ channel: 'C0DEPLOYS' }));

    expect(answer).toMatchObject({
      error: 'missing_scope',
      needed: expect.stringContaining('channels:read'),
      provided: expect.stringContaining('chat:write'),
    });
  });

  it('lists members to a bot that may read channels', async () => {
    const open = await startWorkspace({ log: silentLogger(), botScopes: ['channels:read'] });

    const answer = await clientWith(open.botToken, open.slackApiUrl).conversations.members({ channel: 'C0DEPLOYS' });
    await open.close();

    expect(answer.members).toEqual(expect.arrayContaining(['U0DEVELOPER', 'U0PLATFORM', 'U0VISITOR', 'U0SLIPWAY']));
  });

  it.each([
    ['a member', 'U0VISITOR', { is_bot: false, is_restricted: false, team_id: 'T0PLAYGROUND', deleted: false }],
    ['a guest', 'U0GUEST', { is_restricted: true, is_ultra_restricted: false }],
    ['a guest of one channel', 'U0SINGLE', { is_restricted: true, is_ultra_restricted: true }],
    ['somebody who has left', 'U0GONE', { deleted: true }],
    ['a bot', 'U0ROBOT', { is_bot: true }],
    ['Slackbot, which is no bot to Slack', 'USLACKBOT', { is_bot: false }],
    ['somebody of another workspace', 'U0STRANGER', { team_id: 'T0ELSEWHERE', is_stranger: true }],
  ])('tells %s apart', async (_who, user, facts) => {
    expect((await client.users.info({ user })).user).toMatchObject({ id: user, ...facts });
  });

  it('says nothing of anybody to a bot that may not read users', async () => {
    const answer = await withScopes(['chat:write'], (limited) => refusal(limited.users.info({ user: 'U0VISITOR' })));

    expect(answer).toMatchObject({ error: 'missing_scope', needed: expect.stringContaining('users:read') });
  });

  it('knows who is in a user group', async () => {
    const [groups, members] = await Promise.all([
      client.usergroups.list(),
      client.usergroups.users.list({ usergroup: 'S0PLATFORM' }),
    ]);

    expect(groups.usergroups?.map((group) => group.id)).toEqual(['S0DEVELOPERS', 'S0PLATFORM']);
    expect(members.users).toEqual(['U0PLATFORM']);
  });
});

describe('posting', () => {
  it('keeps what was posted, with its metadata', async () => {
    const metadata = { event_type: 'deployment', event_payload: { id: 'd1' } };

    const { ts } = await client.chat.postMessage({ ...hello, metadata });

    expect(workspace.messages('C0DEPLOYS')).toMatchObject([{ ...hello, ts, user: 'U0SLIPWAY', metadata, edits: 0 }]);
  });

  it.each([
    { name: 'a channel that the bot is not in', message: { ...hello, channel: 'C0RANDOM' }, error: 'not_in_channel' },
    { name: 'a channel that does not exist', message: { ...hello, channel: 'C0NOWHERE' }, error: 'channel_not_found' },
    { name: 'a message that says nothing', message: { channel: 'C0DEPLOYS', text: '' }, error: 'no_text' },
    { name: 'a thread that does not exist', message: { ...hello, thread_ts: '1.000000' }, error: 'thread_not_found' },
    {
      name: 'metadata of another shape',
      message: { ...hello, metadata: { event_type: 'x' } as never },
      error: 'invalid_metadata_schema',
    },
    {
      name: 'more text in blocks than Slack takes',
      message: {
        ...hello,
        blocks: Array(5).fill({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(2700) } }),
      },
      error: 'msg_blocks_too_long',
    },
  ])('refuses $name', async ({ message, error }) => {
    expect(await refusal(client.chat.postMessage(message))).toMatchObject({ ok: false, error });
    expect(workspace.messages('C0DEPLOYS')).toEqual([]);
  });

  it('points at the block that is wrong', async () => {
    const answer = await refusal(
      client.chat.postMessage({ ...hello, blocks: [{ type: 'divider' }, { type: 'section' }] as never }),
    );

    expect(answer).toMatchObject({
      error: 'invalid_blocks',
      response_metadata: { messages: ['[ERROR] missing required field: text [json-pointer:/blocks/1]'] },
    });
  });

  it('puts the reply to a reply into the same thread', async () => {
    const parent = await client.chat.postMessage(hello);
    const reply = await client.chat.postMessage({ ...hello, thread_ts: parent.ts ?? '' });

    await client.chat.postMessage({ ...hello, thread_ts: reply.ts ?? '' });

    expect(workspace.messages('C0DEPLOYS').map((message) => message.thread_ts)).toEqual([
      undefined,
      parent.ts,
      parent.ts,
    ]);
  });

  it('shows an ephemeral message to one person, who has to be in the channel', async () => {
    await client.chat.postEphemeral({ ...hello, user: 'U0VISITOR' });
    const stranger = await refusal(client.chat.postEphemeral({ ...hello, user: 'U0NOBODY' }));

    expect(workspace.messages('C0DEPLOYS')).toMatchObject([{ ephemeralFor: 'U0VISITOR' }]);
    expect(stranger.error).toBe('user_not_in_channel');
  });

  it('opens a direct message for a bot that may, and takes what it posts there', async () => {
    const open = await startWorkspace({ log: silentLogger(), botScopes: ['im:write', 'chat:write'] });
    const opener = clientWith(open.botToken, open.slackApiUrl);

    const { channel } = await opener.conversations.open({ users: 'U0DEVELOPER' });
    await opener.chat.postMessage({ channel: channel?.id ?? '', text: 'For you' });
    const messages = open.messages(channel?.id ?? '');
    await open.close();

    expect(messages).toMatchObject([{ text: 'For you' }]);
  });

  it('opens none for a bot that may only do so in channels', async () => {
    const scopes = ['channels:manage', 'groups:write', 'chat:write'];

    const answer = await withScopes(scopes, (limited) => refusal(limited.conversations.open({ users: 'U0DEVELOPER' })));

    expect(answer).toMatchObject({ error: 'missing_scope', needed: 'im:write', provided: scopes.join(',') });
  });

  it.each(['alt_txt', 'alt_text'])('keeps what a picture shows in words, given as %s', async (argument) => {
    const upload = { filename: 'staging.png', length: 3, [argument]: 'A router and two servers' };
    const { upload_url = '', file_id = '' } = await client.files.getUploadURLExternal(upload);

    await fetch(upload_url, { method: 'POST', body: 'png' });
    await client.files.completeUploadExternal({ files: [{ id: file_id }], channel_id: 'C0DEPLOYS' });

    expect(workspace.messages('C0DEPLOYS').at(-1)?.files).toMatchObject([
      { name: 'staging.png', mimetype: 'image/png', description: 'A router and two servers' },
    ]);
  });

  it('takes no longer description of a picture than Slack does', async () => {
    const file = { filename: 'staging.png', length: 3, alt_text: 'x'.repeat(1_001) };

    expect(await refusal(client.files.getUploadURLExternal(file))).toMatchObject({ error: 'alt_txt_too_large' });
  });

  it('takes a file for a direct message once that is open, and never for a person’s id', async () => {
    const file = { content: 'apiVersion: v1', filename: 'staging.kubeconfig' };

    const person = await refusal(client.filesUploadV2({ ...file, channel_id: 'U0DEVELOPER' }));
    const closed = await refusal(client.filesUploadV2({ ...file, channel_id: 'D0DEVELOPER' }));
    const { channel } = await client.conversations.open({ users: 'U0DEVELOPER' });
    await client.filesUploadV2({ ...file, channel_id: channel?.id ?? '', initial_comment: 'For you' });

    expect(person).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: [expect.stringContaining('^[CGDZ][A-Z0-9]{8,}$ [json-pointer:/channel_id]')] },
    });
    expect(closed.error).toBe('channel_not_found');
    expect(workspace.messages('D0DEVELOPER')).toMatchObject([
      { text: 'For you', files: [{ name: 'staging.kubeconfig' }] },
    ]);
  });

  it('tells listeners what was posted, changed and deleted, until they have heard enough', async () => {
    const heard: string[] = [];
    const stop = workspace.onMessage(({ kind, message }) => heard.push(`${kind} ${message.text}`));

    const { ts = '' } = await client.chat.postMessage(hello);
    await client.chat.update({ channel: 'C0DEPLOYS', ts, text: 'Changed' });
    await client.chat.postEphemeral({ ...hello, user: 'U0VISITOR' });
    await client.chat.delete({ channel: 'C0DEPLOYS', ts });
    stop();
    await client.chat.postMessage(hello);

    expect(heard).toEqual(['posted Hello', 'updated Changed', 'ephemeral Hello', 'deleted Changed']);
  });
});

describe('changing a message', () => {
  it('replaces text and blocks, and keeps metadata', async () => {
    const metadata = { event_type: 'deployment', event_payload: {} };
    const { ts = '' } = await client.chat.postMessage({ ...hello, metadata, blocks: [{ type: 'divider' }] });

    await client.chat.update({ channel: 'C0DEPLOYS', ts, text: 'Only text now' });

    const [message] = workspace.messages('C0DEPLOYS');
    expect(message).toMatchObject({ ts, text: 'Only text now', edits: 1, metadata });
    expect(message).not.toHaveProperty('blocks');
  });

  it('refuses what a person wrote, what does not exist, and text that is too long', async () => {
    await workspace.say('U0DEVELOPER', 'C0DEPLOYS', 'Mine');
    const [mine] = workspace.messages('C0DEPLOYS');
    const { ts = '' } = await client.chat.postMessage(hello);

    const answers = [
      await refusal(client.chat.update({ ...hello, ts: mine?.ts ?? '' })),
      await refusal(client.chat.update({ ...hello, ts: '1.000000' })),
      await refusal(client.chat.update({ channel: 'C0DEPLOYS', ts, text: 'x'.repeat(4001) })),
    ];

    expect(answers.map(({ error }) => error)).toEqual(['cant_update_message', 'message_not_found', 'msg_too_long']);
  });
});

describe('limits and outages', () => {
  it('lets a burst pass, then asks to wait', async () => {
    const posts = await Promise.allSettled(Array.from({ length: 8 }, () => client.chat.postMessage(hello)));

    const reasons = posts.flatMap((post) => (post.status === 'rejected' ? [post.reason] : []));
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons[0]).toBeInstanceOf(WebAPIRateLimitedError);
    expect(reasons[0]).toMatchObject({ retryAfter: 1 });
  });

  it('answers 503 while it is out of order', async () => {
    workspace.outage(true);
    const during = await client.auth.test().catch((error: unknown) => error);
    workspace.outage(false);
    const after = await client.auth.test();

    expect(during).toBeInstanceOf(WebAPIHTTPError);
    expect(during).toMatchObject({ statusCode: 503 });
    expect(after.ok).toBe(true);
  });

  it('reads JSON as well as forms', async () => {
    const response = await fetch(`${workspace.slackApiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.botToken}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ ...hello, blocks: [{ type: 'divider' }] }),
    });

    expect(await response.json()).toMatchObject({ ok: true, message: { blocks: [{ type: 'divider' }] } });
  });

  it('does not know a method that it does not have', async () => {
    expect(await refusal(client.apiCall('chat.shout'))).toMatchObject({ error: 'unknown_method' });
  });
});

describe('the server', () => {
  it('refuses requests that another web site makes', async () => {
    const response = await fetch(`${workspace.url}/playground/command`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: JSON.stringify({ as: 'U0PLATFORM', channel: 'C0DEPLOYS', text: '/k8s down production' }),
    });

    expect(response.status).toBe(403);
  });

  it.each(['/../package.json', '/%2e%2e/workspace.ts', '/page.ts', '/nothing.js'])(
    'has no page at %s',
    async (path) => {
      const response = await fetch(`${workspace.url}${path}`);

      expect(response.status).toBe(404);
    },
  );

  it('says in a sentence that its port is taken', async () => {
    const port = Number(new URL(workspace.url).port);

    const second = startWorkspace({ port, log: silentLogger() });

    await expect(second).rejects.toMatchObject({
      name: 'DeployError',
      code: 'port_in_use',
      message: expect.stringContaining(`Port ${port} is in use`),
      hint: expect.stringContaining(`--port ${port + 1}`),
    });
  });
});
