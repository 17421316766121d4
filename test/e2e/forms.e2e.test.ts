import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from '../../src/playground/demo/stage.ts';
import { openTestStage } from '../support/stage.ts';
import { openWorkspacePage, type WorkspacePage } from '../support/workspace-page.ts';

describe('forms, in a browser', () => {
  let stage: Stage;
  let slack: WorkspacePage;
  let page: WorkspacePage['page'];

  beforeAll(async () => {
    stage = await openTestStage();
    slack = await openWorkspacePage(stage);
    page = slack.page;
  });
  afterAll(async () => {
    await slack?.close();
    await stage?.close();
  });

  async function sent(): Promise<void> {
    await page.getByTestId('modal-submit').click();
    await page.getByTestId('modal').waitFor({ state: 'detached' });
  }

  it('ask for a cluster, say what is wrong, and take what is right', async () => {
    await slack.type('U0DEVELOPER', '/k8s up');
    const modal = page.getByTestId('modal');
    await modal.getByLabel('Nodes').fill('9');
    await modal.getByLabel('Lifetime').fill('soon');
    await modal.getByTestId('modal-submit').click();
    await modal.getByText('Please enter a number no more than 3.').waitFor();
    await modal.getByLabel('Nodes').fill('2');
    await modal.getByTestId('modal-submit').click();
    await modal.getByText('soon is no time that Slipway understands').waitFor();
    await slack.picture('form-up');
    await modal.getByLabel('Lifetime').fill('4h');
    await sent();

    await page.locator('[data-action-id="approve"]').waitFor({ timeout: 30_000 });
    await slack.says('2 × m1.small');
    await slack.picture('form-card');
  });

  it('change a request on the same card, and deny it with a reason', async () => {
    await page.locator('[data-action-id="change"]').click();
    await page.getByTestId('modal').getByLabel('Nodes').fill('3');
    await slack.picture('form-change');
    await sent();
    await slack.says('changed by');
    await page.locator('[data-action-id="approve"]').waitFor({ timeout: 30_000 });
    await slack.says('3 × m1.small');
    await slack.picture('form-changed');

    await page.getByTestId('speaker').selectOption('U0PLATFORM');
    await page.locator('[data-action-id="deny"]').click();
    await page.getByTestId('modal').getByLabel('Why?').fill('not on a <Friday>');
    await slack.picture('form-deny');
    await sent();

    await slack.says('staging · denied');
    await slack.says('“not on a <Friday>”');
    await slack.openThread('staging · denied');
    await page.getByTestId('thread').getByText('changed what is asked for: nodes 2 → 3').waitFor();
    await slack.picture('form-denied');
    expect(await page.locator('[data-action-id="approve"]').count()).toBe(0);
  });
});
