import { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { signatureHeaders } from '../../src/playground/workspace/delivery/signed-http.ts';
import { httpTransport } from '../../src/slack/http-transport.ts';

const signingSecret = 'a-secret-of-the-tests';
const body = new URLSearchParams({ command: '/k8s', text: 'list', user_id: 'U1', team_id: 'T1' }).toString();

describe('the HTTP transport', () => {
  const transport = httpTransport({ signingSecret, port: 0, log: silentLogger() });
  let heard = 0;
  let url = '';

  beforeEach(async () => {
    heard = 0;
    const app = new App({ receiver: transport.receiver, authorize: () => Promise.resolve({}), convoStore: false });
    app.command('/k8s', async ({ ack }) => {
      heard += 1;
      await ack();
    });
    url = `http://127.0.0.1:${(await transport.start()).port}`;
  });

  afterEach(async () => {
    await transport.stop();
  });

  function deliver(headers: Record<string, string>): Promise<Response> {
    return fetch(`${url}/slack/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    });
  }

  it('takes a request that Slack has just signed', async () => {
    const response = await deliver(signatureHeaders(body, signingSecret, Date.now()));

    expect(response.status).toBe(200);
    expect(heard).toBe(1);
  });

  it.each([
    ['signed with another secret', () => signatureHeaders(body, 'another', Date.now())],
    ['signed for another body', () => signatureHeaders(`${body}&x=1`, signingSecret, Date.now())],
    ['signed more than five minutes ago', () => signatureHeaders(body, signingSecret, Date.now() - 301_000)],
    ['signed more than five minutes ahead', () => signatureHeaders(body, signingSecret, Date.now() + 302_000)],
    ['without a signature', () => ({})],
  ])('refuses a request %s', async (_, headers) => {
    const response = await deliver(headers());

    expect(response.status).toBe(401);
    expect(heard).toBe(0);
  });

  it('answers who asks for its health, and knows no other path', async () => {
    const health = await fetch(`${url}/health`);
    const other = await fetch(`${url}/other`);

    expect([health.status, await health.text(), other.status]).toEqual([200, 'ok\n', 404]);
  });

  it('can be stopped twice, and answers nobody after that', async () => {
    await transport.stop();
    await transport.stop();

    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
  });
});
