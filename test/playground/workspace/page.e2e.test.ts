import type { App, BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/log.ts';
import { startWorkspace, type Workspace } from '../../../src/playground/workspace/workspace.ts';
import { topologyPicture } from '../../../src/topology-picture/topology-picture.ts';
import { smallTopology } from '../../support/topologies.ts';
import { type ConnectedApp, connectBySocket } from './support/bolt-app.ts';
import { openBrowser } from './support/open-browser.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text });

const plan = [
  { type: 'header' as const, text: plain('Plan: bring up staging') },
  { type: 'section' as const, text: mrkdwn('<@U0DEVELOPER> asks for *one cluster* on `mycloud`') },
  {
    type: 'actions' as const,
    elements: [
      {
        type: 'button' as const,
        action_id: 'approve',
        style: 'primary' as const,
        text: plain('Approve'),
        confirm: {
          title: plain('Approve this plan?'),
          text: plain('It builds.'),
          confirm: plain('Approve'),
          deny: plain('Not yet'),
        },
      },
      { type: 'button' as const, action_id: 'deny', style: 'danger' as const, text: plain('Deny') },
    ],
  },
];

const denyModal = {
  type: 'modal' as const,
  callback_id: 'deny',
  title: plain('Deny the plan'),
  submit: plain('Deny'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'reason',
      label: plain('Reason'),
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
  ],
};

let browser: Browser;
let workspace: Workspace;
let connected: ConnectedApp;
let client: WebClient;
let page: Page;
let troubles: string[];
let approvedBy: string[];

const waitModal = {
  type: 'modal' as const,
  title: { type: 'plain_text' as const, text: 'Wait' },
  blocks: [{ type: 'divider' as const }],
};

const keepModal = {
  type: 'modal' as const,
  callback_id: 'keep',
  title: { type: 'plain_text' as const, text: 'Keep the cluster' },
  submit: { type: 'plain_text' as const, text: 'Keep' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'nodes',
      label: { type: 'plain_text' as const, text: 'Nodes' },
      element: { type: 'number_input' as const, action_id: 'n', is_decimal_allowed: false, max_value: '3' },
    },
    {
      type: 'input' as const,
      block_id: 'until',
      label: { type: 'plain_text' as const, text: 'Until' },
      element: { type: 'datetimepicker' as const, action_id: 'd', initial_date_time: 1_784_116_800 },
    },
  ],
};

/** What the app under test does here: answers commands, takes approvals, asks for a reason. */
function register(app: App): void {
  app.command('/k8s', async ({ ack, command }) => ack({ text: `You typed ${command.text}` }));
  app.action('approve', async ({ ack, body }) => {
    approvedBy.push(body.user.id);
    await ack();
  });
  app.action('deny', async ({ ack, body, client: slack }) => {
    await ack();
    await slack.views.open({ trigger_id: (body as BlockAction).trigger_id, view: denyModal });
  });
  app.action('keep', async ({ ack, body, client: slack }) => {
    await ack();
    const { view } = await slack.views.open({ trigger_id: (body as BlockAction).trigger_id, view: waitModal });
    await slack.views.update({ view_id: view?.id ?? '', view: keepModal });
  });
  app.view('keep', async ({ ack, view, client: slack }) => {
    await ack();
    const { nodes, until } = view.state.values;
    const text = `${nodes?.n?.value} nodes until ${until?.d?.selected_date_time}`;
    await slack.chat.postMessage({ channel: 'C0DEPLOYS', text });
  });
  app.view('deny', async ({ ack, view, client: slack, body }) => {
    await ack();
    const reason = view.state.values.reason?.text?.value ?? '';
    await slack.chat.postMessage({ channel: 'C0DEPLOYS', text: `<@${body.user.id}> denied: ${reason}` });
  });
}

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(() => browser.close());

beforeEach(async () => {
  approvedBy = [];
  troubles = [];
  workspace = await startWorkspace({ log: silentLogger() });
  connected = await connectBySocket(workspace, register);
  client = connected.app.client;
  page = await openPage('U0DEVELOPER');
});

afterEach(async () => {
  await page.context().close();
  await connected.disconnect();
  await workspace.close();
});

async function openPage(person: string, viewport = { width: 1280, height: 800 }): Promise<Page> {
  const opened = await browser.newPage({ viewport });
  opened.setDefaultTimeout(5000);
  opened.on('pageerror', (error) => troubles.push(error.message));
  opened.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  await opened.goto(`${workspace.url}/?as=${person}&in=C0DEPLOYS`);
  await opened.getByTestId('condition').getByText('Slipway is connected').waitFor();
  return opened;
}

async function post(message: object): Promise<string> {
  const { ts = '' } = await client.chat.postMessage({ channel: 'C0DEPLOYS', text: 'A card', ...message });
  return ts;
}

function messageAt(ts: string) {
  return page.locator(`[data-testid="message"][data-ts="${ts}"]`).first();
}

/** Shares a text of so many lines in a thread, and opens that thread. */
async function shareSnippet(lines: number): Promise<void> {
  const ts = await post({});
  await client.filesUploadV2({
    channel_id: 'C0DEPLOYS',
    thread_ts: ts,
    content: Array.from({ length: lines }, (_, index) => `line ${index + 1} <b>&amp;</b>`).join('\n'),
    filename: 'build.log',
    title: 'build of staging',
    snippet_type: 'text',
  });
  await messageAt(ts).getByTestId('replies').click();
}

describe('the chat page', () => {
  it('sends a command with Enter, shows the private answer, and brings the command back with the arrow', async () => {
    const composer = page.getByTestId('composer');

    await composer.fill('/k8s list');
    await composer.press('Enter');
    const answer = page.getByTestId('message');
    await answer.getByText('You typed list').waitFor();
    await composer.press('ArrowUp');

    expect(await answer.textContent()).toContain('Only visible to you');
    expect(await answer.textContent()).toContain('APP');
    expect(await composer.inputValue()).toBe('/k8s list');
  });

  it('hides from one person what only another may see', async () => {
    await page.getByTestId('composer').fill('/k8s list');
    await page.getByTestId('composer').press('Enter');
    await page.getByTestId('message').waitFor();

    await page.getByTestId('speaker').selectOption('U0VISITOR');

    await expect.poll(() => page.getByTestId('message').count()).toBe(0);
  });

  it('draws markup, mentions and what was escaped, and never reads a message as HTML', async () => {
    const ts = await post({
      text: '*bold* _italic_ `code` <https://example.org|a link> <@U0PLATFORM> <!subteam^S0PLATFORM> &lt;b&gt; <img src=x>',
    });

    const text = messageAt(ts).locator('.text');

    await text.waitFor();
    expect(await text.locator('strong').textContent()).toBe('bold');
    expect(await text.locator('em').textContent()).toBe('italic');
    expect(await text.locator('code').textContent()).toBe('code');
    expect(await text.locator('a').getAttribute('href')).toBe('https://example.org');
    expect(await text.textContent()).toContain('@Platform engineer @platform-team <b>');
    expect(await text.locator('img').count()).toBe(0);
  });

  it('asks before it sends a click that wants to be confirmed', async () => {
    const ts = await post({ blocks: plan });
    await page.getByTestId('speaker').selectOption('U0PLATFORM');
    const approve = messageAt(ts).locator('[data-action-id="approve"]');

    await approve.click();
    await page.getByTestId('confirm-deny').click();
    await approve.click();
    await page.getByTestId('confirm').getByText('Approve this plan?').waitFor();
    await page.getByTestId('confirm-ok').click();

    await expect.poll(() => approvedBy).toEqual(['U0PLATFORM']);
    expect(await page.getByTestId('confirm').count()).toBe(0);
  });

  it('updates a card in place and leaves alone what did not change', async () => {
    const ts = await post({ blocks: plan });
    await messageAt(ts).locator('[data-action-id="deny"]').focus();

    await client.chat.update({
      channel: 'C0DEPLOYS',
      ts,
      text: 'Running',
      blocks: [{ type: 'header', text: plain('staging is running') }, ...plan.slice(1)],
    });
    await messageAt(ts).getByText('staging is running').waitFor();

    const focused = await page.evaluate('document.activeElement.dataset.actionId');
    expect(focused).toBe('deny');
    expect(await page.getByTestId('message').count()).toBe(1);
  });

  it('opens a thread at the right, takes replies in it, and closes it with Escape', async () => {
    const ts = await post({ blocks: plan });
    await post({ thread_ts: ts, text: 'Quota fits' });

    await messageAt(ts).getByTestId('replies').click();
    const thread = page.getByTestId('thread');
    await thread.getByText('Quota fits').waitFor();
    await page.getByTestId('thread-composer').fill('Looks good');
    await page.getByTestId('thread-composer').press('Enter');
    await thread.getByText('2 replies').waitFor();
    await page.keyboard.press('Escape');

    expect(await thread.isVisible()).toBe(false);
    expect(await messageAt(ts).getByTestId('replies').textContent()).toContain('2 replies');
    expect(workspace.messages('C0DEPLOYS').at(-1)).toMatchObject({ text: 'Looks good', thread_ts: ts });
  });

  it('says that commands do not run in threads', async () => {
    const ts = await post({});
    await post({ thread_ts: ts, text: 'First' });
    await messageAt(ts).getByTestId('replies').click();

    await page.getByTestId('thread-composer').fill('/k8s list');
    await page.getByTestId('thread-composer').press('Enter');

    await page.getByTestId('thread').getByText('Slack does not run commands in threads').waitFor();
  });

  it('shows a modal, what is wrong in it, and closes it once the app took it', async () => {
    const ts = await post({ blocks: plan });

    await messageAt(ts).locator('[data-action-id="deny"]').click();
    await page.getByTestId('modal-submit').click();
    await page.getByTestId('modal').getByText('Please complete this required field.').waitFor();
    await page.getByLabel('Reason').fill('not on a Friday');
    await page.getByTestId('modal-submit').click();

    await page.getByTestId('message').getByText('denied: not on a Friday').waitFor();
    await page.getByTestId('modal').waitFor({ state: 'detached' });
  });

  it('asks for a number, and for a day and a time of the one who reads it, in a modal that was filled late', async () => {
    const button = { type: 'button', action_id: 'keep', text: plain('Keep until…') };
    const ts = await post({ blocks: [{ type: 'actions', elements: [button] }] });
    const modal = page.getByTestId('modal');

    await messageAt(ts).locator('[data-action-id="keep"]').click();
    await modal.getByRole('heading', { name: 'Keep the cluster' }).waitFor();
    const initial = await modal.getByLabel('Until').inputValue();
    await modal.getByLabel('Nodes').fill('4');
    await modal.getByTestId('modal-submit').click();
    await modal.getByText('Please enter a number no more than 3.').waitFor();
    await modal.getByLabel('Nodes').fill('3');
    await modal.getByLabel('Until').fill('2026-07-16T08:30');
    await modal.getByTestId('modal-submit').click();

    const local = await page.evaluate('new Date("2026-07-16T08:30").getTime() / 1000');
    await page.getByTestId('message').getByText(`3 nodes until ${local}`).waitFor();
    expect(initial).toBe(
      await page.evaluate('new Date(1784116800000).toLocaleString("sv").slice(0, 16).replace(" ", "T")'),
    );
    expect(troubles).toEqual([]);
  });

  it('tells the person when the app is away', async () => {
    const ts = await post({ blocks: plan });
    await connected.disconnect();
    await page.getByTestId('condition').getByText('No app is connected').waitFor();

    await messageAt(ts).locator('[data-action-id="deny"]').click();

    await messageAt(ts).getByText('Slipway is not connected right now (dispatch_failed).').waitFor();
  });

  it('shows to a second window what happens in the first', async () => {
    const second = await openPage('U0PLATFORM');

    await page.getByTestId('composer').fill('Anybody there?');
    await page.getByTestId('composer').press('Enter');
    await second.getByTestId('message').getByText('Anybody there?').waitFor();
    const speaker = await second.getByTestId('speaker').inputValue();
    await second.context().close();

    expect(speaker).toBe('U0PLATFORM');
  });

  it('can be used on a phone', async () => {
    const ts = await post({
      blocks: [...plan, { type: 'section', text: mrkdwn(`\`\`\`${'wide '.repeat(60)}\`\`\``) }],
    });
    await page.setViewportSize({ width: 375, height: 700 });
    await messageAt(ts).waitFor();

    const sideways = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
    await page.getByRole('button', { name: 'Channels' }).click();
    await page.getByRole('button', { name: 'random' }).click();

    expect(sideways).toBe(false);
    await expect.poll(() => page.getByTestId('place').textContent()).toBe('#random');
  });

  it('runs without an error, and loads nothing from elsewhere', async () => {
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).origin));
    const ts = await post({ blocks: plan });

    await page.reload();
    await messageAt(ts).waitFor();

    expect([...hosts]).toEqual([workspace.url]);
    expect(troubles).toEqual([]);
  });

  it('shows the first lines of a snippet, and all of them when it is opened', async () => {
    await shareSnippet(40);
    const snippet = page.getByTestId('thread').getByTestId('snippet');
    const text = snippet.locator('pre');

    await expect.poll(() => text.textContent()).toContain('line 5 <b>&amp;</b>');
    expect(await text.textContent()).not.toContain('line 6');
    expect(await snippet.locator('a').textContent()).toBe('build of staging');
    await snippet.getByRole('button', { name: 'Show all 40 lines' }).click();

    expect(await text.textContent()).toContain('line 40 ');
    await snippet.getByRole('button', { name: 'Collapse' }).click();
    expect(await text.textContent()).not.toContain('line 6');
    expect(troubles).toEqual([]);
  });

  it('shows a picture small, with what it shows in words, and leads to the whole of it', async () => {
    const ts = await post({});
    await client.filesUploadV2({
      channel_id: 'C0DEPLOYS',
      thread_ts: ts,
      file: Buffer.from(await topologyPicture(smallTopology)),
      filename: 'staging-topology.png',
      title: 'topology of staging',
      alt_text: 'external network gateway',
    });
    await messageAt(ts).getByTestId('replies').click();
    const picture = page.getByTestId('thread').getByRole('img', { name: 'external network gateway' });

    await expect.poll(() => picture.evaluate((image: object) => Reflect.get(image, 'naturalWidth'))).toBe(1_200);
    const box = await picture.boundingBox();

    expect(box?.width).toBeLessThanOrEqual(480);
    expect(box?.height).toBeLessThanOrEqual(362);
    expect(await picture.locator('..').getAttribute('href')).toBe(await picture.getAttribute('src'));
    expect(troubles).toEqual([]);
  });

  it('shows a short snippet whole, and one that is gone as gone', async () => {
    await page.route('**/files/**', (route) => route.abort());
    await shareSnippet(3);
    const text = page.getByTestId('thread').getByTestId('snippet').locator('pre');
    await expect.poll(() => text.textContent()).toBe('This file is not there any more.');

    await page.unroute('**/files/**');
    await page.reload();

    await expect.poll(() => text.textContent()).toContain('line 3 ');
    expect(await page.getByTestId('snippet').getByRole('button').count()).toBe(0);
  });
});
