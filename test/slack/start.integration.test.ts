import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { startWorkspace, type Workspace } from '../../src/playground/workspace/workspace.ts';
import { createSlackApp, type SlackAppOptions } from '../../src/slack/app.ts';
import type { SlackContext } from '../../src/slack/context.ts';

describe('starting and stopping the Slack app', () => {
  let workspace: Workspace;

  beforeEach(async () => {
    workspace = await startWorkspace({ log: silentLogger() });
  });

  afterEach(async () => {
    await workspace.close();
  });

  function app(options: Partial<SlackAppOptions>) {
    const { botToken, slackApiUrl: apiUrl } = workspace;
    return createSlackApp({ botToken, apiUrl, context: {} as SlackContext, log: silentLogger(), ...options });
  }

  it('says which token Slack refused', async () => {
    const starting = app({ botToken: 'xoxb-wrong', signingSecret: workspace.signingSecret }).start();

    await expect(starting).rejects.toMatchObject({
      code: 'slack_refused',
      message: 'Slack refused the bot token (invalid_auth)',
      hint: expect.stringContaining('SLACK_BOT_TOKEN'),
    });
  });

  it('says which app-level token Slack refused', async () => {
    const starting = app({ appToken: 'xapp-wrong' }).start();

    await expect(starting).rejects.toMatchObject({
      code: 'slack_refused',
      message: 'Slack refused the app-level token (invalid_auth)',
      hint: expect.stringContaining('SLACK_APP_TOKEN'),
    });
  });

  it('needs a way for Slack to reach it', () => {
    expect(() => app({})).toThrow('Slack cannot reach the bot');
  });

  it('says that a port is taken', async () => {
    const first = app({ signingSecret: workspace.signingSecret, port: 0 });
    const { port = 0 } = await first.start();

    const second = app({ signingSecret: workspace.signingSecret, port }).start();

    await expect(second).rejects.toMatchObject({ code: 'port_taken', hint: expect.stringContaining('PORT') });
    await first.stop();
  });

  it('has closed its socket when it has stopped, also twice', async () => {
    const running = app({ appToken: workspace.appToken });
    await running.start();
    const open = workspace.connections();

    await running.stop();
    await running.stop();

    expect(open).toBe(1);
    await vi.waitFor(() => expect(workspace.connections()).toBe(0));
  });

  it('connects anew when Slack asks for it, however long Slack is away then', async () => {
    const running = app({ appToken: workspace.appToken });
    await running.start();

    workspace.outage(true);
    workspace.refreshConnections();
    await vi.waitFor(() => expect(workspace.connections()).toBe(0));
    // The client waits five seconds before it tries again; the outage is to be met by at least one try.
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    workspace.outage(false);

    await vi.waitFor(() => expect(workspace.connections()).toBe(1), { timeout: 12_000 });
    await running.stop();
  });

  it('gives up connecting when it is stopped', async () => {
    const calls: string[] = [];
    const slack = createServer((request, response) => {
      calls.push(request.url ?? '');
      const known = request.url === '/auth.test';
      response.writeHead(known ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: known }));
    });
    await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve));
    const running = app({ appToken: 'xapp-1', apiUrl: `http://127.0.0.1:${(slack.address() as AddressInfo).port}/` });

    const starting = running.start();
    await vi.waitFor(() => expect(calls.length).toBeGreaterThan(1));
    await running.stop();
    const tries = calls.length;
    await starting;

    expect(calls.length).toBe(tries);
    await new Promise((resolve) => slack.close(resolve));
  });

  it('can be stopped while it waits to connect anew, and stays away then', async () => {
    const running = app({ appToken: workspace.appToken });
    await running.start();
    workspace.refreshConnections();
    await vi.waitFor(() => expect(workspace.connections()).toBe(0));

    const began = performance.now();
    await running.stop();

    expect(performance.now() - began).toBeLessThan(1_000);
    expect(workspace.connections()).toBe(0);
  });

  it('can be stopped without having been started', async () => {
    await expect(app({ appToken: workspace.appToken }).stop()).resolves.toBeUndefined();
    await expect(app({ signingSecret: workspace.signingSecret }).stop()).resolves.toBeUndefined();
  });
});
