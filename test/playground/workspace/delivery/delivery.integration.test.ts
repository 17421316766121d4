import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/log.ts';
import { startWorkspace, type Workspace } from '../../../../src/playground/workspace/workspace.ts';
import { connectBySocket } from '../support/bolt-app.ts';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await startWorkspace({ log: silentLogger() });
});

afterEach(() => workspace.close());

/** An app in HTTP mode that answers everything in one way. */
async function appAnswering(
  status: number,
  body: string,
  contentType = 'text/plain',
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': contentType }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/slack/events`, close: () => server.close() };
}

describe('what happens in the workspace', () => {
  it('fails with dispatch_failed while no app is connected', async () => {
    const result = await workspace.command('U0DEVELOPER', 'C0DEPLOYS', '/k8s list');

    expect(result).toEqual({ ok: false, error: 'dispatch_failed' });
    expect(workspace.messages('C0DEPLOYS')).toMatchObject([
      { text: '/k8s failed with the error "dispatch_failed"', ephemeralFor: 'U0DEVELOPER' },
    ]);
  });

  it.each([
    { name: 'plain text', status: 200, body: 'Working on it', expected: { ok: true }, text: 'Working on it' },
    {
      name: 'an error',
      status: 500,
      body: 'oops',
      expected: { ok: false, error: 'dispatch_failed' },
      text: '/k8s failed with the error "dispatch_failed"',
    },
  ])('takes $name for an answer over HTTP', async ({ status, body, expected, text }) => {
    const app = await appAnswering(status, body);
    workspace.setEventsUrl(app.url);

    const result = await workspace.command('U0DEVELOPER', 'C0DEPLOYS', '/k8s list');
    app.close();

    expect(result).toEqual(expected);
    expect(workspace.messages('C0DEPLOYS')).toMatchObject([{ text, ephemeralFor: 'U0DEVELOPER' }]);
  });

  it('refuses a command that no app has registered', async () => {
    const result = await workspace.command('U0DEVELOPER', 'C0DEPLOYS', '/deploy now');

    expect(result).toEqual({ ok: false, error: 'invalid_command' });
  });

  it('goes to one of several connections, in turn', async () => {
    const heard: string[] = [];
    const listen = (name: string) =>
      connectBySocket(workspace, (app) => {
        app.command('/k8s', async ({ ack }) => {
          heard.push(name);
          await ack();
        });
      });
    const apps = [await listen('first'), await listen('second')];

    for (const _ of [1, 2, 3, 4]) await workspace.command('U0DEVELOPER', 'C0DEPLOYS', '/k8s list');
    await Promise.all(apps.map((app) => app.disconnect()));

    expect(heard.toSorted()).toEqual(['first', 'first', 'second', 'second']);
  });

  it('reaches an app again after its connections were refreshed', async () => {
    const connected = await connectBySocket(workspace, (app) => {
      app.command('/k8s', async ({ ack }) => ack());
    });

    workspace.refreshConnections();
    await expect.poll(() => workspace.connections(), { timeout: 5000 }).toBe(0);
    await expect.poll(() => workspace.connections(), { timeout: 15_000 }).toBe(1);
    const result = await workspace.command('U0DEVELOPER', 'C0DEPLOYS', '/k8s list');
    await connected.disconnect();

    expect(result).toEqual({ ok: true });
  });

  it('hears nothing of a click on what only somebody else can see', async () => {
    const connected = await connectBySocket(workspace, (app) => {
      app.action('go', async ({ ack }) => ack());
    });
    const { message_ts: ts = '' } = await connected.app.client.chat.postEphemeral({
      channel: 'C0DEPLOYS',
      user: 'U0DEVELOPER',
      text: 'Only you',
      blocks: [
        { type: 'actions', elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } }] },
      ],
    });
    const button = { channel: 'C0DEPLOYS', ts, actionId: 'go' };

    const results = [await workspace.click('U0VISITOR', button), await workspace.click('U0DEVELOPER', button)];
    await connected.disconnect();

    expect(results).toEqual([{ ok: false, error: 'message_not_found' }, { ok: true }]);
  });
});
