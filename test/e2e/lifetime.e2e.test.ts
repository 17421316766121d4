import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { listStacks } from '../../src/openstack/heat/stacks.ts';
import { connect } from '../../src/openstack/openstack.ts';
import type { Stage } from '../../src/playground/demo/stage.ts';
import { openTestStage } from '../support/stage.ts';
import { openWorkspacePage, type WorkspacePage } from '../support/workspace-page.ts';

describe('the end of a cluster, in a browser', () => {
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

  it('is told before, put off by Extend, and comes by itself when the time is over', async () => {
    const { page, picture } = slack;
    // The last warning comes a quarter of an hour before the end, thus at once.
    await slack.type('U0DEVELOPER', '/k8s up staging --ttl 15m5s');
    await slack.click('U0PLATFORM', 'approve');
    await slack.says('staging is up');
    await slack.openThread('staging · up');
    const thread = page.getByTestId('thread');
    await thread.getByText('is torn down in').waitFor({ timeout: 60_000 });
    await picture('expiry-warning');

    await thread.locator('[data-action-id="extend"]').last().click();
    await thread.getByText('keeps staging until').waitFor({ timeout: 30_000 });
    await picture('expiry-extended');

    await slack.type('U0DEVELOPER', '/k8s extend staging 2s');
    await slack.says('staging is down');
    await slack.openThread('staging · down');
    await thread.getByText('The time of staging is over, so it is torn down.').waitFor();
    await picture('expiry-down');

    const openstack = connect(readCloud('playground', stage.world.env), { log: silentLogger() });
    const left = await listStacks(openstack.heat);
    await openstack.close();
    expect(left).toEqual([]);
  }, 240_000);
});
