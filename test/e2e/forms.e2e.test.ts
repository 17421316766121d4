import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from '../../src/playground/demo/stage.ts';
import { openTestStage } from '../support/stage.ts';

/** Where a wish for pictures puts them; the tests take none otherwise. */
const pictures = process.env.SLIPWAY_PICTURES;

describe('forms, in a browser', () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    stage = await openTestStage();
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    });
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    await page.goto(stage.world.workspace.url);
    await page.getByTestId('speaker').selectOption('U0DEVELOPER');
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  async function answered(text: string): Promise<void> {
    await expect
      .poll(async () => (await page.getByTestId('message').allTextContents()).join('\n').replaceAll('\u00a0', ' '), {
        timeout: 30_000,
      })
      .toContain(text);
  }

  async function picture(name: string): Promise<void> {
    if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
  }

  async function sent(): Promise<void> {
    await page.getByTestId('modal-submit').click();
    await page.getByTestId('modal').waitFor({ state: 'detached' });
  }

  it('ask for a cluster, say what is wrong, and take what is right', async () => {
    await page.getByTestId('composer').fill('/k8s up');
    await page.getByTestId('composer').press('Enter');
    const modal = page.getByTestId('modal');
    await modal.getByLabel('Nodes').fill('9');
    await modal.getByLabel('Lifetime').fill('soon');
    await modal.getByTestId('modal-submit').click();
    await modal.getByText('Please enter a number no more than 3.').waitFor();
    await modal.getByLabel('Nodes').fill('2');
    await modal.getByTestId('modal-submit').click();
    await modal.getByText('soon is no time that Slipway understands').waitFor();
    await picture('form-up');
    await modal.getByLabel('Lifetime').fill('4h');
    await sent();

    await page.locator('[data-action-id="approve"]').waitFor({ timeout: 30_000 });
    await answered('2 × m1.small');
    await picture('form-card');
  });

  it('change a request on the same card, and deny it with a reason', async () => {
    await page.locator('[data-action-id="change"]').click();
    await page.getByTestId('modal').getByLabel('Nodes').fill('3');
    await picture('form-change');
    await sent();
    await answered('changed by');
    await page.locator('[data-action-id="approve"]').waitFor({ timeout: 30_000 });
    await answered('3 × m1.small');
    await picture('form-changed');

    await page.getByTestId('speaker').selectOption('U0PLATFORM');
    await page.locator('[data-action-id="deny"]').click();
    await page.getByTestId('modal').getByLabel('Why?').fill('not on a <Friday>');
    await picture('form-deny');
    await sent();

    await answered('staging · denied');
    await answered('“not on a <Friday>”');
    await page
      .getByText(/\d+ replies/)
      .first()
      .click();
    await page.getByTestId('thread').getByText('changed what is asked for: nodes 2 → 3').waitFor();
    await picture('form-denied');
    expect(await page.locator('[data-action-id="approve"]').count()).toBe(0);
  });
});
