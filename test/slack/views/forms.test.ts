import type { types } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import type { Changeable } from '../../../src/clusters/change.ts';
import type { ClusterSpec } from '../../../src/clusters/cluster-spec.ts';
import { describeProblem } from '../../../src/playground/workspace/blocks/validate-blocks.ts';
import { viewProblems } from '../../../src/playground/workspace/blocks/validate-view.ts';
import { denyView } from '../../../src/slack/views/deny-view.ts';
import { keepView } from '../../../src/slack/views/keep-view.ts';
import { noteView } from '../../../src/slack/views/note-view.ts';
import { scaleView } from '../../../src/slack/views/scale-view.ts';
import { changeView, type Offer, upView } from '../../../src/slack/views/up-view.ts';
import { clusterRecord, stagingSpec } from '../../support/fixtures.ts';
import { deploymentOf, histories, noon } from '../support/histories.ts';

const memory = { channel: 'C0DEPLOYS', deployment: 'staging-abc', revision: 1 };
const hourMs = 3_600_000;
const nobody = new Map<Changeable, { named: string[] }>();
const staging: ClusterSpec = { ...stagingSpec, lifetime: { defaultMs: 8 * hourMs, maxMs: 72 * hourMs } };
const offer: Offer = { free: [{ name: 'staging', version: 'v1.34.2', nodes: 1 }], others: [] };

function problemsOf(view: types.ModalView): string[] {
  return viewProblems(JSON.parse(JSON.stringify(view)), 'modal').map(describeProblem);
}

/** The ids of what a form asks for. */
function inputsOf({ blocks }: types.ModalView): unknown[] {
  return blocks.flatMap((block) =>
    'element' in block && 'action_id' in block.element ? [block.element.action_id] : [],
  );
}

const textOf = (view: types.ModalView) => JSON.stringify(view.blocks).replaceAll('\u00a0', ' ');

describe('the form of an up', () => {
  it('asks for the cluster and for all that may be had otherwise, with what clusters.yaml has', () => {
    const view = upView(offer, { spec: staging, refused: nobody }, memory);

    expect(problemsOf(view)).toEqual([]);
    expect(inputsOf(view)).toEqual(['form-cluster', 'form-version', 'form-nodes', 'form-ttl']);
    expect(textOf(view)).toContain('"initial_value":"v1.34.2"');
    expect(textOf(view)).toContain('"initial_value":"1","min_value":"0","max_value":"3"');
    expect(textOf(view)).toContain('"initial_value":"8h"');
    expect(textOf(view)).toContain('such as 90m, 8h or 2d. 3d at most.');
    expect(textOf(view)).toContain('Control plane 1 × m1.medium · cloud playground');
  });

  it('shows what its reader may not have otherwise, and says who may', () => {
    const refused = new Map<Changeable, { named: string[] }>([
      ['version', { named: ['S0PLATFORM', 'U0CHIEF'] }],
      ['nodes', { named: [] }],
      ['ttl', { named: ['S0PLATFORM'] }],
    ]);

    const view = upView(offer, { spec: staging, refused }, memory);

    expect(problemsOf(view)).toEqual([]);
    expect(inputsOf(view)).toEqual(['form-cluster']);
    expect(textOf(view)).toContain('v1.34.2, built from source\\n_only <!subteam^S0PLATFORM> or <@U0CHIEF> may ask');
    expect(textOf(view)).toContain('1 × m1.small, up to 3\\n_nobody may ask for another_');
    expect(textOf(view)).toContain('8 h from when it is up');
  });

  it('says why a release that is pinned has no other version, and that what is protected has no end', () => {
    const kubernetes = {
      source: 'release',
      version: 'v1.34.2',
      platform: 'linux/amd64',
      mirror: 'https://dl',
    } as const;
    const spec = { ...staging, protected: true, kubernetes: { ...kubernetes, sha512: 'ab'.repeat(64) } };

    const view = upView(offer, { spec, refused: nobody }, memory);

    expect(inputsOf(view)).toEqual(['form-cluster', 'form-nodes']);
    expect(textOf(view)).toContain('clusters.yaml pins the tarball of this release by its sha512');
    expect(textOf(view)).toContain('until somebody tears it down\\n_the cluster is protected_');
  });

  it('needs no lifetime where clusters.yaml has none', () => {
    const view = upView(offer, { spec: stagingSpec, refused: nobody }, memory);

    expect(problemsOf(view)).toEqual([]);
    expect(textOf(view)).toContain('Without one it stays until somebody tears it down.');
    expect(textOf(view)).toContain('"optional":true');
  });

  it('names the clusters that cannot be had now, and why', () => {
    const others = [
      { name: 'production', spec: undefined, record: clusterRecord('up', 'production-1'), active: undefined },
      { name: 'sandbox', spec: undefined, record: undefined, active: deploymentOf(histories.building) },
    ];

    const view = upView({ ...offer, others }, { spec: staging, refused: nobody }, memory);

    expect(textOf(view)).toContain('✓ production is up already\\n● sandbox is being brought up');
  });

  it('stays within the limits of Slack however much there is', () => {
    const free = Array.from({ length: 150 }, (_, index) => ({
      name: `${'c'.repeat(26)}-${String(index).padStart(3, '0')}`,
      version: '<&>'.repeat(100),
      nodes: 200,
    }));
    const last = free.at(-1)?.name ?? '';
    const spec = {
      ...staging,
      name: last,
      kubernetes: { ...staging.kubernetes, version: 'v'.repeat(199) },
      controlPlane: { count: 3, flavor: '<&>'.repeat(300) },
    } as ClusterSpec;
    const others = free.map(({ name }) => ({ name, spec, record: clusterRecord('up', 'x'), active: undefined }));

    const view = upView({ free, others }, { spec, refused: nobody }, memory);

    expect(problemsOf(view)).toEqual([]);
    expect(textOf(view)).toContain(`"initial_option":{"text":{"type":"plain_text","text":"${last}"`);
    expect(textOf(view)).toContain('50 more can be asked for by their names');
  });
});

describe('the form of a change', () => {
  it('has what is asked for now, and no other cluster', () => {
    const spec = { ...staging, nodes: { ...staging.nodes, count: 2 } };

    const view = changeView({ spec, refused: nobody }, memory);

    expect(problemsOf(view)).toEqual([]);
    expect(inputsOf(view)).toEqual(['form-version', 'form-nodes', 'form-ttl']);
    expect(textOf(view)).toContain('"initial_value":"2"');
    expect(textOf(view)).toContain('Approvals given so far are void.');
  });
});

describe('the form of a denial', () => {
  it('asks for a reason that may be left out', () => {
    const view = denyView(deploymentOf(histories.waiting), 'U0PLATFORM', memory);

    expect(problemsOf(view)).toEqual([]);
    expect(view.submit?.text).toBe('Deny');
    expect(textOf(view)).toContain('The request to bring up *staging* ends, and <@U0DEVELOPER> is told.');
    expect(textOf(view)).toContain('"max_length":500');
  });

  it('is a withdrawal for whoever asked', () => {
    const view = denyView(deploymentOf(histories.waiting), 'U0DEVELOPER', memory);

    expect(problemsOf(view)).toEqual([]);
    expect([view.title.text, view.submit?.text]).toEqual(['Withdraw the request', 'Withdraw']);
  });
});

describe('the form of an end', () => {
  it('begins with the end that there is, and says how far it may be moved', () => {
    const view = keepView({ cluster: 'staging', until: noon, maxMs: 72 * hourMs }, memory);

    expect(problemsOf(view)).toEqual([]);
    expect(textOf(view)).toContain(`"initial_date_time":${noon / 1_000}`);
    expect(textOf(view)).toContain('clusters.yaml lets it be there for 72 h from now.');
  });

  it('says nothing of a limit that there is not', () => {
    expect(textOf(keepView({ cluster: 'staging', until: noon, maxMs: undefined }, memory))).not.toContain('hint');
  });
});

describe('the form of a scaling', () => {
  it('begins with the nodes that there are, and takes as many as there may be', () => {
    const view = scaleView(clusterRecord('up', 'staging-abc'), 5, memory);

    expect(problemsOf(view)).toEqual([]);
    expect(textOf(view)).toContain('*staging* has 1 node.');
    expect(textOf(view)).toContain('"initial_value":"1","min_value":"0","max_value":"5"');
  });

  it('can be sent where clusters.yaml allows fewer by now', () => {
    expect(problemsOf(scaleView(clusterRecord('up', 'staging-abc'), 0, memory))).toEqual([]);
  });
});

describe('a form that asks for nothing', () => {
  it('can only be closed', () => {
    const view = noteView('One moment …');

    expect(problemsOf(view)).toEqual([]);
    expect([view.submit, view.close?.text]).toEqual([undefined, 'Close']);
  });
});
