import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { listStacks } from '../../src/openstack/heat/stacks.ts';
import { listServers } from '../../src/openstack/nova/servers.ts';
import { connect } from '../../src/openstack/openstack.ts';
import type { Stage } from '../../src/playground/demo/stage.ts';
import { openTestStage } from '../support/stage.ts';

/** Where a wish for pictures puts them; the tests take none otherwise. */
const pictures = process.env.SLIPWAY_PICTURES;

describe('the page, in a browser', () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    stage = await openTestStage();
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(stage.world.workspace.url);
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  async function picture(name: string): Promise<void> {
    if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
  }

  it('takes a cluster up and down: the command, an approval by somebody else, the tear down and its dialog', async () => {
    const card = page.getByTestId('message').first();
    await page.getByTestId('speaker').selectOption('U0DEVELOPER');
    await page.getByTestId('composer').fill('/k8s up staging');
    await page.getByTestId('composer').press('Enter');
    await page.locator('[data-action-id="approve"]').waitFor({ timeout: 30_000 });
    await picture('plan');

    await page.getByTestId('speaker').selectOption('U0PLATFORM');
    await page.locator('[data-action-id="approve"]').click();
    await page.locator('[data-action-id="log"]').waitFor({ timeout: 30_000 });
    await picture('building');
    await expect.poll(() => card.textContent(), { timeout: 60_000 }).toContain('staging is up');
    await page
      .getByText(/\d+ replies/)
      .first()
      .click();
    await page.getByTestId('thread').waitFor();
    await picture('thread');
    await page.locator('[data-action-id="log"]').first().click();
    await page.getByTestId('thread').getByRole('button', { name: 'Show all' }).waitFor();
    await picture('log');

    await page.locator('[data-action-id="tear-down"]').first().click();
    await page.getByTestId('confirm').waitFor();
    await picture('confirm');
    await page.getByTestId('confirm-ok').click();
    await expect
      .poll(() => page.getByTestId('message').allTextContents(), { timeout: 60_000 })
      .toContainEqual(expect.stringContaining('staging is down'));
    await picture('down');

    const openstack = connect(readCloud('playground', stage.world.env), { log: silentLogger() });
    const left = [await listStacks(openstack.heat), await listServers(openstack.nova)];
    await openstack.close();
    expect(left).toEqual([[], []]);
  }, 180_000);
});
