import { describe, expect, it } from 'vitest';
import type { DeploymentEventBody } from '../../../src/clusters/deployment.ts';
import { cutHealth } from '../../../src/clusters/health.ts';
import type { BuildResult } from '../../../src/clusters/steps.ts';
import { threadMessage } from '../../../src/slack/views/thread-message.ts';
import { requestedStaging, stagingSpec } from '../../support/fixtures.ts';
import { built, deploymentOf, eventAt, type Happening, histories, stagingHealth } from '../support/histories.ts';

/** Every message of a thread whose deployment has come to the end of its history. */
function threadOf(history: readonly Happening[]): string[] {
  const deployment = deploymentOf(history);
  return history.flatMap(([seconds, body]) => {
    const message = threadMessage(eventAt(seconds, body), deployment);
    return message === undefined ? [] : [message.text.replaceAll('\u00a0', ' ')];
  });
}

function told(body: DeploymentEventBody, history: readonly Happening[] = histories.stacking): string | undefined {
  return threadMessage(eventAt(400, body), deploymentOf(history))?.text;
}

describe('the thread of a deployment', () => {
  it('tells everything that stood in the way of a plan', () => {
    const problems = [{ text: 'There is no flavor huge', hint: 'Choose m1.small' }, { text: 'There is no image' }];
    const failure = { message: '2 things stand in the way of staging', code: 'preflight', problems };

    const text = told({ type: 'failed', failure }, [
      [0, requestedStaging],
      [1, { type: 'failed', failure }],
    ]);

    expect(text).toBe(
      [
        '✗ *Bringing up staging failed*',
        '2 things stand in the way of staging',
        '✗ There is no flavor huge\n→ Choose m1.small',
        '✗ There is no image',
        '`/k8s up staging` tries again.',
      ].join('\n'),
    );
  });

  it('tells an up from the request to its end in milestones', () => {
    const [asked, plan, waiting, ...work] = threadOf(histories.succeeded);

    expect(asked).toBe('<@U0DEVELOPER> asked to bring up *staging*');
    expect(plan).toContain('*Plan*\n• *Kubernetes* · v1.34.2, built from source (make quick-release)');
    expect(plan).toContain('• *Note* · 3 of 20 cores');
    expect(waiting).toMatch(
      /^Waiting for 1 approval by <!subteam\^S0PLATFORM>, until <!date.*> The buttons|^Waiting.*card above\.$/,
    );
    expect(work).toEqual([
      '✓ Approved by <@U0PLATFORM>',
      '✓ Keypair ops was there already',
      '✓ Application credential of staging’s own made in 2 s; its secret is in container `slipway-cluster-staging`',
      '✓ Image debian-12 uploaded to Glance in 1 min 9 s',
      '✓ Kubernetes v1.34.2 built from commit `0123456789ab` in 2 min 19 s (fetching 8 s, compiling 2 min, packaging 12 s)',
      '✓ Release published to Swift in 18 s: 2 objects in container `slipway-releases`',
      '✓ Stack slipway-staging complete in 1 min 20 s: control plane at 203.0.113.10, 1 node',
      [
        '✓ The Kubernetes API answers at <https://203.0.113.10:6443>: 2 nodes ready, 5 pods of kube-system running',
        '*Nodes*',
        '```',
        'NAME                     STATUS  ROLE           VERSION  ADDRESS',
        'staging-control-plane-0  Ready   control-plane  v1.34.2  10.123.0.5',
        'staging-node-abcde       Ready   node           v1.34.2  10.123.0.6',
        '```',
        '*Pods of kube-system*',
        '```',
        'NAME                                    READY  STATUS   RESTARTS  AGE',
        'coredns-6799fbcd5-4mxqz                 1/1    Running  0         112s',
        'etcd-staging-control-plane-0            1/1    Running  0         112s',
        'kube-apiserver-staging-control-plane-0  1/1    Running  0         112s',
        'kube-flannel-ds-x2rjv                   1/1    Running  1         112s',
        'kube-proxy-9m4tk                        1/1    Running  0         112s',
        '```',
      ].join('\n'),
      [
        '✓ *staging is up* · Kubernetes v1.34.2 with 1 control plane and 1 node',
        'API · <https://203.0.113.10:6443>',
        'Done in 4 min 11 s. `/k8s kubeconfig staging` lets you in; `/k8s pods staging` shows how it is, `/k8s down staging` removes it.',
      ].join('\n'),
    ]);
  });

  it('says of a cluster that no worker can reach who has seen it', () => {
    const event = eventAt(312, {
      type: 'step-finished',
      step: 'verify',
      attempt: 1,
      result: { apiUrl: 'https://203.0.113.10:6443', health: { ...stagingHealth, seenBy: 'report' } },
    });

    expect(threadMessage(event, deploymentOf(histories.succeeded))?.text).toMatch(
      /^✓ 2 nodes ready, 5 pods of kube-system running, as the control plane reports; this worker cannot reach the API\n/,
    );
  });

  it('keeps both tables whole however many nodes and pods there are', () => {
    const many = Array.from({ length: 200 }, (_, index) => index);
    const health = cutHealth({
      ...stagingHealth,
      nodes: many.map((index) => ({
        name: `node-${index}`,
        role: 'node',
        ready: true,
        version: 'v1',
        address: '10.0.0.1',
      })),
      pods: many.map((index) => ({ name: `pod-${index}`, ready: '1/1', status: 'Running', restarts: 0, node: 'a' })),
    });
    const event = eventAt(312, { type: 'step-finished', step: 'verify', attempt: 1, result: { apiUrl: '', health } });

    const { text = '' } = threadMessage(event, deploymentOf(histories.succeeded)) ?? {};

    expect(text.length).toBeLessThanOrEqual(2_900);
    expect(text.match(/```/g)).toHaveLength(4);
    expect(text.match(/and 1\d\d more/g)).toHaveLength(2);
  });

  it('tells a down', () => {
    expect(threadOf(histories.down)).toEqual([
      '<@U0DEVELOPER> asked to tear down *staging*',
      expect.stringContaining('• *Stack* · slipway-staging with 12 resources'),
      '● Starting; no approval is needed.',
      '✓ What Services had made: 1 load balancer and 1 floating IP removed · 2 volumes kept in 1 s',
      '✓ Stack deleted in 17 s',
      '✓ What Slipway kept for the cluster: 1 credential revoked, 5 objects removed in 1 s',
      [
        '✓ *staging is down* · its stack and all that was in it are gone',
        '*Note* · 2 volumes stay: `pvc-1`, `pvc-2`; delete what nobody needs with `openstack volume delete`',
        'Done in 19 s. `/k8s up staging` brings it back.',
      ].join('\n'),
    ]);
  });

  it('tells that a cluster is gone in the thread that it began with, and in no other', () => {
    expect(threadOf(histories.gone).at(-1)).toBe('– *staging* was torn down.');
    expect(threadOf(histories.scaledAndGone)).toEqual(threadOf(histories.scaled));
  });

  it.each([
    ['none', 'Container `c` ready'],
    [
      'password',
      'Container `c` ready\n*Note* · Keystone refuses an application credential here, so the controllers of staging log ' +
        'in with the password of Slipway’s user, which every control plane can read',
    ],
  ] as const)('tells how controllers log in that have no application credential: %s', (kind, text) => {
    const result = { container: 'c', kind };

    expect(told({ type: 'step-finished', step: 'credential', attempt: 1, result }, histories.queued)).toBe(`✓ ${text}`);
  });

  it('tells why and where it failed, and what to do', () => {
    const message = threadOf(histories.failedStack).at(-1);

    expect(message).toContain('✗ *Bringing up staging failed at: Stack slipway-staging in Heat*');
    expect(message).toContain('Quota exceeded for ram');
    expect(message).toContain('→ The stack is kept');
    expect(message).toContain('*Retry* goes on from there; what was made is still there, and *Tear down* removes it.');
  });

  it('tells a failure before anything was made, with the command that tries again', () => {
    const message = threadOf(histories.failedPlan).at(-1);

    expect(message).toContain('✗ *Bringing up staging failed*\nThe cloud has no flavor m1.medium\n→ Choose one of');
    expect(message).toContain('`/k8s up staging` tries again.');
  });

  it.each([
    ['a denial', histories.denied, '✗ Denied by <@U0PLATFORM>. Nothing was changed; `/k8s up staging` asks again.'],
    [
      'that a request was cancelled',
      histories.cancelledWaiting,
      '– <@U0PLATFORM> cancelled the request to bring up *staging*.\nNothing was changed. `/k8s up staging` asks again.',
    ],
    [
      'that a build was cancelled, and what was running',
      histories.cancelledBuild,
      [
        '– <@U0PLATFORM> cancelled bringing up *staging*, during: Kubernetes v1.34.2 from source; Image debian-12 in Glance.',
        'There is no stack yet; what was finished is kept. `/k8s up staging` asks again.',
      ].join('\n'),
    ],
    [
      'that the stack stays of what was cancelled',
      histories.cancelledStack,
      [
        '– <@U0DEVELOPER> cancelled bringing up *staging*, during: Stack slipway-staging in Heat.',
        'The stack is still there, and Heat goes on with what it has begun. Tear down removes it; after that, `/k8s up staging` starts anew.',
      ].join('\n'),
    ],
    [
      'that a tear-down was cancelled',
      histories.cancelledDown,
      [
        '– <@U0PLATFORM> cancelled tearing down *staging*, during: Deletion of stack slipway-staging.',
        'What Heat has begun to delete it goes on deleting. `/k8s down staging` asks again.',
      ].join('\n'),
    ],
    [
      'an expiry',
      histories.expired,
      '– Nobody approved in time, so nothing was changed. `/k8s up staging` asks again.',
    ],
  ])('tells %s', (_, history, expected) => {
    expect(threadOf(history).at(-1)).toBe(expected);
  });

  it.each<[string, Partial<BuildResult>, string]>([
    [
      'was built already',
      { made: false },
      '✓ Kubernetes v1.34.2 was built already: commit `0123456789ab`, nothing to build',
    ],
    [
      'was built by an older worker',
      { stages: [] },
      '✓ Kubernetes v1.34.2 built from commit `0123456789ab` in 5 min 39 s',
    ],
  ])('tells of a Kubernetes that %s', (_, result, expected) => {
    const event = { type: 'step-finished', step: 'build', attempt: 1, result: { ...built, ...result } } as const;

    expect(told(event)?.replaceAll('\u00a0', ' ')).toBe(expected);
  });

  it.each([
    [true, '✓ Kubernetes v1.34.2, official release, fetched in 5 min 39 s'],
    [false, '✓ Kubernetes v1.34.2, official release, was in Swift already'],
  ])('tells of an official release (fetched now: %s)', (made, expected) => {
    const { commit: _, stages: __, ...official } = built;
    const event = { type: 'step-finished', step: 'build', attempt: 1, result: { ...official, made } } as const;

    expect(told(event)?.replaceAll('\u00a0', ' ')).toBe(expected);
  });

  it.each([
    [0, '✓ Release was in Swift already: 1 object in container `c`'],
    [1, '✓ Release published to Swift in 3 min 19 s: 1 object in container `c`'],
  ])('tells of a release of which %i objects were sent', (sent, expected) => {
    const result = { container: 'c', release: 'r', objects: [built.object], sent };

    expect(told({ type: 'step-finished', step: 'publish', attempt: 1, result })?.replaceAll('\u00a0', ' ')).toBe(
      expected,
    );
  });

  it('shows the lines that say why a build failed, between what happened and what to do', () => {
    expect(threadOf(histories.failedBuild).at(-1)).toBe(
      [
        '✗ *Bringing up staging failed at: Kubernetes v1.34.2 from source*',
        'Building Kubernetes v1.34.2: make quick-release stopped while it was compiling kubelet',
        '```',
        '# k8s.io/kubernetes/pkg/kubelet',
        'pkg/kubelet/kubelet.go:214:9: undefined: klogg',
        'make: *** [all] Error 1',
        '```',
        '→ Mend the source, or choose another version, and ask for the cluster again',
        '*Retry* goes on from there.',
      ].join('\n'),
    );
  });

  it('tells who tries again', () => {
    expect(told({ type: 'retried', by: 'U0DEVELOPER', round: 2, fence: 2 })).toBe(
      '● <@U0DEVELOPER> tries again; finished steps are kept.',
    );
  });

  it('shows them whole or not at all, however long everything is', () => {
    const long = '<&>`'.repeat(3_000);
    const lines = Array.from({ length: 40 }, () => `${'```'}<!channel> ${long}`);
    const failure = { message: long, hint: long, code: 'build_failed', lines };

    const text = told({ type: 'failed', failure, step: 'build' }) ?? '';

    expect(text.length).toBeLessThanOrEqual(2_900);
    expect(text.split('```')).toHaveLength(3);
    expect(text).not.toContain('<!channel>');
    expect(text).toMatch(/\*Retry\* goes on from there\.$/);
  });

  it('tells why it was denied, and lets nobody be called by that', () => {
    const message = told({ type: 'denied', by: 'U0PLATFORM', reason: `no <!channel>\n${'x'.repeat(500)}` });

    expect(message).toContain('✗ Denied by <@U0PLATFORM>: “no &lt;!channel&gt; xxx');
    expect(message).toContain('x”. Nothing was changed;');
  });

  it('tells what was changed, and that approvals are void', () => {
    const changes = [
      { what: 'version', from: 'v1.34.2', to: '<main>' },
      { what: 'nodes', from: 3, to: 2 },
      { what: 'ttl', to: 4 * 3_600_000 },
    ] as const;

    expect(told({ type: 'changed', by: 'U0BOB', spec: stagingSpec, changes })?.replaceAll('\u00a0', ' ')).toBe(
      [
        '● <@U0BOB> changed what is asked for: version v1.34.2 → &lt;main&gt;, nodes 3 → 2, lifetime without end → 4 h.',
        'It is planned anew; approvals given so far are void.',
      ].join('\n'),
    );
  });

  it('reminds of an approval without calling anybody again', () => {
    const message = told({ type: 'reminded', leftMs: 1_800_000 })?.replaceAll('\u00a0', ' ');

    expect(message).toContain('● Half of the time is over: 1 approval is still needed within 30 min, until <!date^');
    expect(message).not.toMatch(/<@|<!subteam/);
  });

  it('calls it a withdrawal when the requester denies', () => {
    expect(told({ type: 'denied', by: 'U0DEVELOPER' })).toContain('<@U0DEVELOPER> withdrew the request');
  });

  it.each([
    ['control_plane_server', 'OS::Nova::Server', '● Stack: control plane server created'],
    ['node_server', 'OS::Nova::Server', '● Stack: a node’s server created'],
    ['control_plane_boot', 'OS::Heat::WaitCondition', '● Stack: control plane signalled that its first boot is done'],
    ['control_plane_floating_ip', 'OS::Neutron::FloatingIP', '● Stack: floating IP assigned'],
  ])('tells of %s in words', (resource, resourceType, expected) => {
    const event = { type: 'stack-event', step: 'stack', attempt: 1, resource, resourceType, reason: '' } as const;

    expect(told({ ...event, status: 'CREATE_COMPLETE' })).toBe(expected);
    expect(told({ ...event, status: 'CREATE_IN_PROGRESS' })).toBeUndefined();
  });

  it('tells of any resource that failed, and why', () => {
    const message = told({
      type: 'stack-event',
      step: 'stack',
      attempt: 1,
      resource: 'node_port',
      resourceType: 'OS::Neutron::Port',
      status: 'CREATE_FAILED',
      reason: 'Quota <exceeded>',
    });

    expect(message).toBe('✗ Stack: `node_port` (OS::Neutron::Port) failed: Quota &lt;exceeded&gt;');
  });

  it('counts the approvals where several are needed', () => {
    const terms = { count: 2, from: ['U1', 'U2'], self: false, withinMs: 1 };
    const history: Happening[] = [
      [0, { ...requestedStaging, terms } as DeploymentEventBody],
      [1, { type: 'planned', plan: { lines: [], warnings: [] } }],
      [1, { type: 'approval-requested', until: 0 }],
      [2, { type: 'approved', by: 'U1' }],
      [3, { type: 'approved', by: 'U2' }],
    ];

    expect(threadOf(history).slice(-2)).toEqual(['✓ Approved by <@U1> (1 of 2)', '✓ Approved by <@U2> (2 of 2)']);
  });

  it('says that work is taken up again, and that a step is tried again', () => {
    expect(told({ type: 'queued', round: 2 })).toContain('A worker was lost');
    expect(
      told({ type: 'step-retried', step: 'stack', attempt: 1, failure: { message: 'Heat: 503', code: 'openstack' } }),
    ).toBe('● Stack slipway-staging in Heat is tried again: Heat: 503');
  });

  it.each<[string, DeploymentEventBody]>([
    ['a step that starts', { type: 'step-started', step: 'stack', attempt: 1 }],
    ['progress', { type: 'step-progress', step: 'stack', attempt: 1, progress: { text: 'x' } }],
    [
      'a failed step, since the failure itself follows',
      { type: 'step-failed', step: 'stack', attempt: 1, failure: { message: 'x', code: 'x' } },
    ],
    ['the first queueing after an approval', { type: 'queued', round: 1 }],
  ])('keeps quiet about %s', (_, body) => {
    expect(told(body)).toBeUndefined();
  });

  it('stays short however long the plan is', () => {
    const lines = Array.from({ length: 300 }, (_, index) => ({ label: `Thing ${index}`, text: 'x'.repeat(100) }));

    const message = told({ type: 'planned', plan: { lines, warnings: [] } });

    expect(message?.length).toBeLessThanOrEqual(2900);
    expect(message).toMatch(/\nand \d+ more$/);
  });
});
