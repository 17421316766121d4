import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { approve, cancel, finishStep, startStep } from '../../src/clusters/decisions.ts';
import { channel, developer, type Harness, platform, startHarness, textOf, visitor } from './support/harness.ts';
import { built } from './support/histories.ts';
import { startNotifier } from './support/notifier.ts';

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('logs over $mode', ({ mode }) => {
  let slack: Harness;
  let notifier: Awaited<ReturnType<typeof startNotifier>>;

  beforeEach(async () => {
    slack = await startHarness({ mode });
    notifier = await startNotifier(slack);
  });
  afterEach(async () => {
    await notifier.close();
    await slack.close();
  });

  /** Begins the build of staging. */
  async function build(): Promise<string> {
    const id = await slack.waitForApproval();
    await slack.deployments.change(id, approve(platform));
    await slack.deployments.change(id, startStep('build'));
    return id;
  }

  it('/k8s logs posts the end of the log to the thread, and says where it is', async () => {
    const id = await build();
    const ts = await notifier.postThread(id);
    await slack.logs.append(id, ['+++ Building kubelet', 'done']);

    const answer = await slack.command(platform, '/k8s logs staging');

    expect(answer.ephemeralFor).toBe(platform);
    expect(textOf(answer)).toContain(
      `The last 2 lines of the build are in the thread of *staging*’s card in <#${channel}>`,
    );
    expect(notifier.snippets()).toMatchObject([
      { thread_ts: ts, text: `<@${platform}> asked for the end of the build’s log`, files: [{ name: `${id}.log` }] },
    ]);
  });

  it('the Log button does the same, and twice within seconds posts it once and answers both', async () => {
    const id = await build();
    const ts = await notifier.postThread(id);
    await slack.logs.append(id, ['a line']);

    const first = await slack.clickAnswered(developer, ts, 'log');
    const second = await slack.clickAnswered(developer, ts, 'log');

    expect(textOf(first)).toContain('The last 1 line of the build');
    expect(textOf(second)).toContain('The last 1 line of the build');
    expect(notifier.snippets()).toHaveLength(1);
  });

  it('shows the newest log there is when nothing is being built', async () => {
    const old = await build();
    await slack.logs.append(old, ['the last build']);
    await slack.deployments.change(old, cancel(developer));
    await slack.waitForApproval();

    const answer = await slack.command(developer, '/k8s logs staging');

    expect(textOf(answer)).toContain(`The whole of it is the object \`logs/${old}/build.log\` in the Swift container`);
    expect(notifier.snippets()).toMatchObject([{ files: [{ name: `${old}.log` }] }]);
  });

  it('says why there is none: nothing built yet, nothing said yet, nothing to build', async () => {
    const never = await slack.command(developer, '/k8s logs sandbox');
    const id = await build();
    const silent = await slack.command(developer, '/k8s logs staging');
    await slack.deployments.change(id, finishStep('build', 1, { ...built, made: false }));
    const cached = await slack.command(developer, '/k8s logs staging');

    expect(textOf(never)).toContain('Nothing has been built for *sandbox* yet.\\n→ `/k8s up sandbox` brings it up.');
    expect(textOf(silent)).toContain('The build for *staging* has said nothing yet');
    expect(textOf(cached)).toContain(
      'Nothing was built for *staging*: Swift had Kubernetes v1.34.2 already, commit `0123456789ab`.',
    );
    expect(notifier.snippets()).toEqual([]);
  });

  it.each([
    ['/k8s logs', '/k8s logs needs the name of a cluster'],
    ['/k8s logs stagign', 'There is no cluster stagign. Did you mean staging?'],
  ])('answers %s with what was probably meant', async (typed, problem) => {
    expect(textOf(await slack.command(developer, typed))).toContain(problem);
  });

  it('is refused to somebody whom the policy does not name', async () => {
    const id = await build();
    const ts = await notifier.postThread(id);
    await slack.logs.append(id, ['a line']);

    const typed = await slack.command(visitor, '/k8s logs staging');
    const clicked = await slack.clickAnswered(visitor, ts, 'log');

    expect(textOf(typed)).toContain('You may not see logs of staging');
    expect(textOf(clicked)).toContain('You may not see logs of staging');
    expect(notifier.snippets()).toEqual([]);
  });

  it('says what to do when the app may share no files', async () => {
    await notifier.close();
    await slack.close();
    slack = await startHarness({ mode, botScopes: ['commands', 'chat:write', 'usergroups:read', 'users:read'] });
    notifier = await startNotifier(slack);
    await slack.logs.append(await build(), ['a line']);

    const answer = await slack.command(developer, '/k8s logs staging');

    expect(textOf(answer)).toContain('Slack refused (missing_scope)');
    expect(textOf(answer)).toContain('Give the app the bot scope files:write (OAuth &amp; Permissions)');
  });

  it('tells of a card whose deployment Redis has lost', async () => {
    const ts = await notifier.postThread(await build());
    await slack.redis.flushdb();

    expect(textOf(await slack.clickAnswered(developer, ts, 'log'))).toContain('not known any more');
  });

  it('says that nobody serves the queue', async () => {
    await notifier.close();
    await slack.close();
    slack = await startHarness({ mode, inspectionMs: 400 });
    notifier = await startNotifier(slack);
    await notifier.close();
    await slack.logs.append(await build(), ['a line']);

    expect(textOf(await slack.command(developer, '/k8s logs staging'))).toContain('No worker serves the queue notify');
  });
});
