import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultKind, faultKinds } from '../support/fault-kinds.ts';
import { attempts } from './flow.ts';
import { type MadeProps, makeProps } from './props.ts';
import { type FlowCall, type Outcome, type Props, phases, runScenario, type Trouble } from './scenario.ts';
import { nameOf, problemsOf } from './verdict.ts';
import { longestCallMs, startFaultyCloud } from './world.ts';

/** Runs that go on side by side in this one process: enough for the waiting of some to be the work of others. */
const lanes = 8;

/** Troubles in one phase of one run: should one job meet them all, it has a try more. */
const troublesAtOnce = attempts - 1;

/** A little longer than this cloud's clients wait for an answer, so that also what comes then is found. */
const stackGraceMs = longestCallMs + 200;

/**
 * A wrong password and a Keystone out of its mind look the same, so one refusal at the login ends a deployment. All other
 * single faults pass.
 */
function mayFail({ kind, call }: Trouble): boolean {
  return kind === '401' && isLogin(call);
}

describe('a deployment in which one call goes wrong', () => {
  let directory: string;
  let made: MadeProps;
  let props: Props;
  let faultless: Outcome;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-faults-'));
    made = await makeProps(directory);
    props = { ...made, open: startFaultyCloud, paceMs: 150, stackGraceMs };
    faultless = await runScenario(props, []);
    expect(faultless.up.deployment).toMatchObject({ state: 'succeeded' });
    expect(faultless.scale?.deployment).toMatchObject({ state: 'succeeded' });
    expect(faultless.down.deployment).toMatchObject({ state: 'succeeded' });
  });
  afterAll(async () => {
    made.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('goes through dozens of calls of six services when nothing does', () => {
    const services = new Set(faultless.calls.map(({ service }) => service));

    for (const service of ['compute', 'identity', 'image', 'network', 'object-store', 'orchestration']) {
      expect(services).toContain(service);
    }
    expect(faultless.calls.length).toBeGreaterThan(30);
    expect(faultless.up.inventory).toMatchObject({
      stacks: expect.arrayContaining(['slipway-staging CREATE_COMPLETE']),
      servers: ['staging-control-plane-0 ACTIVE', 'staging-node-0 ACTIVE'],
      keypairs: [props.spec.keypair.name],
      credentials: ['slipway-staging-?'],
      containers: ['slipway-cluster-staging', 'slipway-releases'],
      objects: expect.arrayContaining(['slipway-cluster-staging/staging-?/cloud-config.json']),
    });
    expect(faultless.scale?.inventory.servers).toEqual([
      'staging-control-plane-0 ACTIVE',
      'staging-node-0 ACTIVE',
      'staging-node-1 ACTIVE',
    ]);
    expect(faultless.down.inventory).toMatchObject({
      stacks: [],
      servers: [],
      ports: [],
      floatingIps: [],
      credentials: [],
      containers: ['slipway-releases'],
    });
  });

  it.each(faultKinds)(
    'completes, or fails with the reason, and makes nothing twice, whichever call meets: %s',
    async (kind) => {
      const troubles = faultless.calls.filter((call) => canHappen(kind, call)).map((call) => ({ kind, call }));

      const problems = await runAll(troubles);

      expect(problems).toEqual([]);
    },
    300_000,
  );

  /** Every trouble once. A run has room for some in each of its phases; what it did not get to is run again by itself. */
  async function runAll(troubles: readonly Trouble[]): Promise<string[]> {
    const queue = [...runsOf(troubles)];
    const problems: string[] = [];
    const work = async () => {
      for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
        const outcome = await runScenario(props, run);
        problems.push(...problemsOf(outcome, faultless, run, mayFail));
        const missed = run.filter((_trouble, index) => !outcome.struck[index]);
        if (run.length > 1) queue.push(...missed.map((trouble) => [trouble]));
        else problems.push(...missed.map((trouble) => `never happened: ${nameOf(trouble)}`));
      }
    };
    await Promise.all(Array.from({ length: lanes }, work));
    return problems;
  }
});

/** A connection can break in the content of calls that have some. */
function canHappen(kind: FaultKind, call: FlowCall): boolean {
  return kind !== 'reset in the body' || call.hasBody;
}

/** The first group of each phase together, then the second of each, and so on. */
function runsOf(troubles: readonly Trouble[]): Trouble[][] {
  const byPhase = phases.map((phase) => groupsOf(troubles.filter(({ call }) => call.phase === phase)));
  const longest = Math.max(...byPhase.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => byPhase.flatMap((groups) => groups[index] ?? []));
}

/** A few troubles that one phase can meet in one run. A login that fails may end the run, so that one stays alone. */
function groupsOf(troubles: readonly Trouble[]): Trouble[][] {
  const logins = troubles.filter(({ call }) => isLogin(call));
  const others = troubles.filter(({ call }) => !isLogin(call));
  const count = Math.ceil(others.length / troublesAtOnce);
  // Neighbours in the flow come into different groups, so that few jobs meet more than one of them.
  const groups = Array.from({ length: count }, (_, group) =>
    others.filter((_trouble, index) => index % count === group),
  );
  return [...logins.map((trouble) => [trouble]), ...groups];
}

function isLogin({ method, service, shape }: FlowCall): boolean {
  return service === 'identity' && method === 'POST' && shape === '/auth/tokens';
}
