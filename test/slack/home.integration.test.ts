import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordPlan } from '../../src/clusters/decisions.ts';
import { clusterRecord, oneApproval, stagingSpec } from '../support/fixtures.ts';
import { channel, developer, type Harness, platform, startHarness, visitor } from './support/harness.ts';

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('the Home tab over $mode', ({ mode }) => {
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode });
  });
  afterEach(() => slack.close());

  /** Opens the tab, and answers what it says once `expected` is in it. */
  async function home(user: string, expected: string): Promise<string> {
    await slack.workspace.openHome(user);
    return vi.waitFor(() => {
      const said = JSON.stringify(slack.workspace.home(user)?.blocks ?? []);
      expect(said).toContain(expected);
      return said;
    });
  }

  const clickAtHome = (user: string, actionId: string) =>
    slack.workspace.click(user, { viewId: slack.workspace.home(user)?.id ?? '', actionId });

  it('says of everything that there is none, to somebody new', async () => {
    const said = await home(visitor, 'My clusters');

    expect(said).toContain('You have asked for none that is there');
    expect(said).toContain('Nothing waits for you');
    expect(said).toContain('Nothing is under way');
    expect(said).toContain('Nothing has ended of late');
  });

  it('shows people their own clusters, with the buttons that the policy gives them', async () => {
    const id = await slack.waitForApproval();
    await slack.known.put({ ...clusterRecord('up', id), expiresAt: Date.UTC(2026, 6, 15, 20) });

    const own = await home(developer, '*staging* is up');
    const others = await home(platform, 'My clusters');

    for (const button of ['Kubeconfig', 'Pods', 'Extend', 'Tear down staging']) expect(own).toContain(`"${button}"`);
    expect(own).toContain('torn down');
    expect(others).not.toContain('*staging* is up');
  });

  it('leaves out the buttons that somebody may not use', async () => {
    await slack.close();
    slack = await startHarness({ mode, policy: { commands: { down: [platform], kubeconfig: [platform] } } });
    await slack.known.put(clusterRecord('up', 'staging-1'));

    const own = await home(developer, '*staging* is up');

    expect(own).toContain('"Pods"');
    expect(own).not.toContain('Tear down');
    expect(own).not.toContain('Kubeconfig');
  });

  it('shows approvers what waits for them, with its plan, and lets them approve it there', async () => {
    const id = await slack.waitForApproval();

    const approvers = await home(platform, '*bring up staging*');
    const requesters = await home(developer, 'Waiting for my approval');
    const clicked = await clickAtHome(platform, 'approve');

    expect(approvers).toContain('"Approve"');
    expect(requesters).not.toContain('"Approve"');
    expect(clicked).toEqual({ ok: true });
    await vi.waitFor(async () => expect((await slack.deployments.get(id)).state).toBe('queued'));
    await vi.waitFor(() => {
      const said = JSON.stringify(slack.workspace.home(platform)?.blocks);
      expect(said).toContain('Nothing waits for you');
      expect(said).toContain('staging · starting');
    });
  });

  it('knows each by its own terms: by a group where one is asked, although another names them in person', async () => {
    await slack.waitForApproval();
    const terms = { ...oneApproval, from: [platform] };
    const sandbox = { ...stagingSpec, name: 'sandbox' };
    const asked = { action: 'up', spec: sandbox, requestedBy: developer, channel, terms } as const;
    const outcome = await slack.deployments.request(asked);
    if (outcome.kind !== 'accepted') throw new Error('sandbox is busy');
    await slack.deployments.change(outcome.deployment.id, recordPlan({ lines: [], warnings: [] }, Date.now()));

    const said = await home(platform, '*bring up sandbox*');

    expect(said).toContain('*bring up staging*');
  });

  it('answers what is clicked there in the direct message, since there is no channel', async () => {
    await slack.known.put(clusterRecord('broken', 'staging-1'));
    await home(developer, '*staging* is broken');

    await clickAtHome(developer, 'retry');

    await vi.waitFor(() => {
      const direct = slack.workspace.channels.find(({ kind, members }) => kind === 'im' && members.includes(developer));
      const [message] = slack.workspace.messages(direct?.id ?? '');
      expect(JSON.stringify(message?.blocks)).toContain('is not known any more');
    });
    expect(slack.workspace.messages(channel)).toEqual([]);
  });

  it('shows what has ended, the newest first', async () => {
    const id = await slack.waitForApproval();
    await slack.command(developer, '/k8s cancel staging');
    await slack.waitForApproval();

    const said = await home(visitor, 'was cancelled');

    expect(said).toContain('staging · waiting for approval');
    expect((await slack.deployments.get(id)).state).toBe('cancelled');
  });

  it('opens the form of an up, by its button and by the shortcut', async () => {
    await home(developer, 'Bring up a cluster');

    await clickAtHome(developer, 'bring-up');
    await vi.waitFor(() => expect(slack.workspace.modals(developer)).toHaveLength(1));
    const [opened] = slack.workspace.modals(developer);
    await slack.workspace.closeView(developer, opened?.id ?? '');
    await slack.workspace.shortcut(developer, { callbackId: 'bring-up' });
    await vi.waitFor(() => expect(slack.workspace.modals(developer)).toHaveLength(1));

    expect(slack.workspace.modals(developer)[0]?.callback_id).toBe('up');
    expect(opened?.callback_id).toBe('up');
  });

  it('is closed to guests', async () => {
    expect(await home('U0GUEST', 'Slipway takes nothing from guests')).not.toContain('My clusters');
  });
});
