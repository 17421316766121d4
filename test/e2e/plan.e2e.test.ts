import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { findNetwork } from '../../src/openstack/neutron/networks.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import type { Stage } from '../../src/playground/demo/stage.ts';
import { openBrowser } from '../playground/workspace/support/open-browser.ts';
import { slipway } from '../support/program.ts';
import { openTestStage } from '../support/stage.ts';

/** Where a wish for pictures puts them; the tests take none otherwise. */
const pictures = process.env.SLIPWAY_PICTURES;

describe('planning and examining, in a browser', () => {
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  let openstack: OpenStack;
  let island: string;

  /** Makes something of Neutron's, and answers its id. */
  async function make(kind: string, body: object): Promise<string> {
    const options = { doing: `Making a ${kind}`, ok: [201], body: { [kind]: body } };
    const made = await openstack.neutron.post<Record<string, { id: string }>>([`${kind}s`], options);
    return made[kind]?.id ?? '';
  }

  beforeAll(async () => {
    stage = await openTestStage();
    openstack = connect(readCloud('playground', stage.world.env), { log: silentLogger() });
    // Somebody else's network with the cluster's range, connected to nothing.
    const network = await make('network', { name: 'island' });
    island = await make('subnet', { name: 'island', network_id: network, cidr: '10.123.0.0/16', ip_version: 4 });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    await page.goto(stage.world.workspace.url);
    await page.getByTestId('speaker').selectOption('U0DEVELOPER');
  });
  afterAll(async () => {
    await browser?.close();
    await openstack?.close();
    await stage?.close();
  });

  async function type(command: string): Promise<void> {
    await page.getByTestId('composer').fill(command);
    await page.getByTestId('composer').press('Enter');
  }

  async function answered(text: string): Promise<void> {
    await expect
      .poll(async () => (await page.getByTestId('message').allTextContents()).join('\n'), { timeout: 30_000 })
      .toContain(text);
  }

  async function picture(name: string): Promise<void> {
    if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
  }

  it('shows what a cluster would take, without a request', async () => {
    await type('/k8s plan staging');

    await answered('Nothing stands in the way.');
    await answered('servers 0→2 of 100');
    await answered('overlaps island (10.123.0.0/16); they are not connected now');
    await picture('plan-command');
  });

  it('shows on the card what an approver should know', async () => {
    await type('/k8s up staging');

    await page.locator('[data-action-id="approve"]').waitFor({ timeout: 30_000 });
    await answered('not in Swift yet: it is built');
    await picture('plan-card');
    await page.locator('[data-action-id="deny"]').click();
    await page.getByLabel('Why?').fill('not on a Friday');
    await page.getByTestId('modal-submit').click();
    await answered('staging · denied');
    await answered('not on a Friday');
  });

  it('shows how the cloud is', async () => {
    await type('/k8s doctor');

    await answered('playground · nothing to mend');
    await answered('are large enough for kubeadm');
    await picture('doctor');
  });

  it('shows all that stands in the way on the card, and asks nobody to approve it', async () => {
    const gateway = await findNetwork(openstack.neutron, 'gateway', { external: true });
    const router = await make('router', { name: 'coast', external_gateway_info: { network_id: gateway?.id } });
    const joining = { doing: 'Joining a subnet to a router', ok: [200], body: { subnet_id: island } };
    await openstack.neutron.put(['routers', router, 'add_router_interface'], joining);
    const operator = connect(readCloud('playground-admin', stage.world.env), { log: silentLogger() });
    const quota = { doing: 'Setting a quota', ok: [200], body: { quota_set: { instances: 1, cores: 2 } } };
    await operator.nova.put(['os-quota-sets', await openstack.projectId()], quota);
    await operator.close();

    await type('/k8s up staging');

    await answered('2 things stand in the way of staging');
    await answered('servers: 2 needed, 1 free of 1 · cores: 3 needed, 2 free of 2');
    await answered('10.123.0.0/24 overlaps island (10.123.0.0/16), which is behind the same external network');
    expect(await page.locator('[data-action-id="approve"]').count()).toBe(0);
    await picture('plan-refused');
  });

  it('shows the same in a terminal, with neither Redis nor Slack', async () => {
    const { OS_CLIENT_CONFIG_FILE, CLUSTERS_FILE } = stage.world.env;
    const { PATH, HOME } = process.env;

    const ended = await slipway(['doctor'], { PATH, HOME, OS_CLIENT_CONFIG_FILE, CLUSTERS_FILE }, 60_000);
    const lost = await slipway(['doctor', 'nowhere'], { PATH, HOME, OS_CLIENT_CONFIG_FILE, CLUSTERS_FILE }, 60_000);

    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^playground\n✓ Credentials {2,}accepted; roles /);
    expect(lost.status).toBe(1);
    expect(lost.stdout).toContain('✗ Configuration  There is no cloud nowhere');
  });
});
