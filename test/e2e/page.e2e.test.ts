import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { listStacks } from '../../src/openstack/heat/stacks.ts';
import { listServers } from '../../src/openstack/nova/servers.ts';
import { connect } from '../../src/openstack/openstack.ts';
import type { Stage } from '../../src/playground/demo/stage.ts';
import { openTestStage } from '../support/stage.ts';
import { openWorkspacePage, type WorkspacePage } from '../support/workspace-page.ts';

describe('the page, in a browser', () => {
  let stage: Stage;
  let slack: WorkspacePage;

  beforeAll(async () => {
    stage = await openTestStage();
    slack = await openWorkspacePage(stage);
  });
  afterAll(async () => {
    await slack?.close();
    await stage?.close();
  });

  it('takes a cluster up and down: the command, an approval by somebody else, the tear down and its dialog', async () => {
    const { page, picture } = slack;
    await slack.type('U0DEVELOPER', '/k8s up staging');
    await page.locator('[data-action-id="approve"]').waitFor({ timeout: 30_000 });
    await picture('plan');

    await slack.click('U0PLATFORM', 'approve');
    await page.locator('[data-action-id="log"]').waitFor({ timeout: 30_000 });
    await picture('building');
    await slack.says('staging is up');
    await slack.openThread('staging · up');
    await picture('thread');
    await page.locator('[data-action-id="log"]').first().click();
    await page.getByTestId('thread').getByRole('button', { name: 'Show all' }).waitFor();
    await picture('log');

    await page.getByTestId('speaker').selectOption('U0DEVELOPER');
    await page.locator('[data-place="home"]').click();
    await page.locator('.home').getByText('staging is up').waitFor({ timeout: 30_000 });
    await picture('home');
    await page.locator('[data-place="C0DEPLOYS"]').click();

    await page.locator('[data-action-id="tear-down"]').first().click();
    await page.getByTestId('confirm').waitFor();
    await picture('confirm');
    await page.getByTestId('confirm-ok').click();
    await slack.says('staging is down');
    await slack.says('staging · gone');
    await picture('down');

    const openstack = connect(readCloud('playground', stage.world.env), { log: silentLogger() });
    const left = [await listStacks(openstack.heat), await listServers(openstack.nova)];
    await openstack.close();
    expect(left).toEqual([[], []]);
  }, 180_000);
});
