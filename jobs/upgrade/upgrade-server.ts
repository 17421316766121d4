import type { DeploymentEventBody } from '../../src/clusters/deployment.ts';
import { isKubeletOf } from '../../src/clusters/upgrade-path.ts';
import { DeployError } from '../../src/errors.ts';
import { isUnreachable } from '../../src/kubernetes/api/kubernetes-error.ts';
import { listNodes, uncordonNode } from '../../src/kubernetes/api/nodes.ts';
import type { NodeStatus } from '../../src/kubernetes/node-status.ts';
import { endOfLog } from '../boot-failure.ts';
import { drainNodes } from '../cluster/drain-nodes.ts';
import { drainPatienceMs, heldTooLong } from '../cluster/drain-patience.ts';
import { atCluster } from '../cluster/whereabouts.ts';
import { type Again, type Run, resultOf } from '../run.ts';
import { findOutcome, putInstruction, removeInstruction } from './instructions.ts';
import { isDrained, type UpgradedServer } from './servers.ts';
import { type CurrentServer, type Phase, parseUpgradeMarker, type UpgradeMarker } from './upgrade-marker.ts';

/** Seconds between two looks. Servers themselves look every minute. */
const askAgainSeconds = 5;

const minuteMs = 60_000;

/** How long a server may take to begin with its instruction, to be through with it, and until its node is Ready. */
const beginsWithinMs = 10 * minuteMs;
const endsWithinMs = 40 * minuteMs;
const joinsWithinMs = 10 * minuteMs;

/** One look at one server. */
interface Looking {
  readonly run: Run;
  readonly server: UpgradedServer;
  readonly servers: readonly UpgradedServer[];
  readonly marker: UpgradeMarker;
}

/**
 * Goes on with the upgrade of one server, and always comes back later: empties it, tells it what to do, waits for what it
 * says of that and then until its node is Ready with the new version, and lets pods come again. The only control plane is
 * upgraded in place, and its API is away for a while meanwhile.
 *
 * @throws DeployError that says which server stopped it, and why, with the end of its log.
 */
export async function upgradeServer(
  run: Run,
  server: UpgradedServer,
  servers: readonly UpgradedServer[],
  marker: UpgradeMarker,
): Promise<Again> {
  const looking = { run, server, servers, marker };
  const { current } = marker;
  await run.step.checkpoint();
  if (current?.name === server.name) await phases[current.phase](looking, current);
  else await begin(looking);
  return run.step.again({ afterSeconds: askAgainSeconds });
}

const phases: Readonly<Record<Phase, (looking: Looking, current: CurrentServer) => Promise<void>>> = {
  draining: drainServer,
  upgrading: waitForOutcome,
  joining: waitForNode,
};

/** A server that an earlier try has brought to the new version is left as it is. */
async function begin(looking: Looking): Promise<void> {
  const { run, server, servers } = looking;
  const node = await nodeOf(looking);
  if (node === undefined) throw notJoined(server.name);
  const since = Date.now();
  const before = earlierTry(looking);
  const cordoned = before?.cordoned ?? false;
  // One that failed half-way may look as if it were done.
  if (isThere(looking, node) && before?.phase !== 'upgrading') return skip(looking, cordoned);
  // What somebody has kept pods from stays so; noted before it is done, so that it is undone by whoever takes over.
  const drains = isDrained(server, servers);
  const current = { name: server.name, since, cordoned: cordoned || (drains && node.cordoned === undefined) };
  if (drains) return enter(looking, { ...current, phase: 'draining' }, 'draining');
  await instruct(looking, current.cordoned);
  run.log.info({ server: server.name }, 'a server was told to upgrade');
}

/** Where the try before this one has stopped, if that was at this server. */
function earlierTry({ run, server }: Looking): CurrentServer | undefined {
  const { current } = parseUpgradeMarker(run.deployment.steps.upgrade?.leftover);
  return current?.name === server.name ? current : undefined;
}

/** The thread has been told of it already. */
async function skip(looking: Looking, cordoned: boolean): Promise<void> {
  const { run, server, marker } = looking;
  if (cordoned) await atCluster(run, (api) => uncordonNode(api, server.name, run.signal));
  await removeInstruction(run, server.name);
  const done = [...marker.done, server.name];
  await run.step.report(progressOf(looking, 'has the new version already'), { marker: JSON.stringify({ done }) });
}

async function drainServer(looking: Looking, current: CurrentServer): Promise<void> {
  const { run, server } = looking;
  const seen = await ifReachable(current, drainPatienceMs, () =>
    atCluster(run, (api) => drainNodes(api, [server.name], run.signal)),
  );
  if (seen === undefined) return tell(looking, 'the Kubernetes API does not answer');
  if (seen.left.length === 0) return instruct(looking, current.cordoned);
  if (Date.now() - current.since > drainPatienceMs) throw heldTooLong(seen);
  await tell(looking, `draining, ${seen.left.length} ${seen.left.length === 1 ? 'pod' : 'pods'} left`);
}

async function instruct(looking: Looking, cordoned: boolean): Promise<void> {
  const { run, server } = looking;
  await putInstruction(run, server);
  const current = { name: server.name, phase: 'upgrading', since: Date.now(), cordoned } as const;
  await enter(looking, current, 'waiting until it begins');
}

async function waitForOutcome(looking: Looking, current: CurrentServer): Promise<void> {
  const { run, server } = looking;
  const outcome = await findOutcome(run, server.name);
  const waitedMs = Date.now() - current.since;
  if (outcome?.state === 'failed') throw await stopped(looking, await failed(looking, outcome.reason));
  if (outcome?.state === 'done') return enter(looking, { ...current, phase: 'joining', since: Date.now() }, 'joining');
  if (outcome === undefined && waitedMs > beginsWithinMs) throw await stopped(looking, neverBegan(server.name));
  if (waitedMs > endsWithinMs) throw await stopped(looking, neverEnded(server.name));
  await tell(looking, outcome === undefined ? 'waiting until it begins' : 'upgrading itself');
}

async function waitForNode(looking: Looking, current: CurrentServer): Promise<void> {
  const node = await ifReachable(current, joinsWithinMs, () => nodeOf(looking));
  if (node !== undefined && isThere(looking, node)) return finish(looking, current);
  if (Date.now() - current.since > joinsWithinMs) throw notReady(looking, node);
  await tell(looking, node === undefined ? 'waiting for the Kubernetes API' : 'waiting until it is Ready');
}

async function finish({ run, server, marker }: Looking, { cordoned }: CurrentServer): Promise<void> {
  if (cordoned) await atCluster(run, (api) => uncordonNode(api, server.name, run.signal));
  await removeInstruction(run, server.name);
  const { current: _, ...rest } = marker;
  const done = [...marker.done, server.name];
  const { version } = resultOf(run.deployment, 'build');
  const event: DeploymentEventBody = {
    ...{ type: 'node-event', step: 'upgrade', attempt: run.step.attempt, node: server.name, what: 'upgraded', version },
  };
  await run.step.report(
    { text: `${server.name} has ${version}` },
    { marker: JSON.stringify({ ...rest, done }), events: [event] },
  );
}

async function enter(looking: Looking, current: CurrentServer, doing: string): Promise<void> {
  const marker = JSON.stringify({ ...looking.marker, current });
  await looking.run.step.report(progressOf(looking, doing), { marker });
}

/** Most looks find the same as the one before, and say nothing. */
async function tell(looking: Looking, doing: string): Promise<void> {
  const progress = progressOf(looking, doing);
  if (looking.run.deployment.steps.upgrade?.progress?.text !== progress.text) await looking.run.step.report(progress);
}

/** "node 2 of 3: draining", with how many of all servers are done. */
function progressOf({ server, servers, marker }: Looking, doing: string) {
  const peers = servers.filter(({ role }) => role === server.role);
  const role = server.role === 'node' ? 'node' : 'control plane';
  const place = peers.length === 1 ? role : `${role} ${peers.indexOf(server) + 1} of ${peers.length}`;
  return { text: `${place}: ${doing}`, done: marker.done.length, total: servers.length };
}

async function nodeOf({ run, server }: Looking): Promise<NodeStatus | undefined> {
  const nodes = await atCluster(run, (api) => listNodes(api, run.signal));
  return nodes.find(({ name }) => name === server.name);
}

function isThere({ run }: Looking, node: NodeStatus): boolean {
  return node.ready && isKubeletOf(node.version, resultOf(run.deployment, 'build').version);
}

/** Undefined where the API is out of reach, which it is while its control plane is upgraded; for so long and no longer. */
async function ifReachable<Result>(
  { since }: CurrentServer,
  patienceMs: number,
  ask: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isUnreachable(error) && Date.now() - since <= patienceMs) return undefined;
    throw error;
  }
}

/** What nobody waits for any more must not be begun later either. */
async function stopped({ run, server }: Looking, error: DeployError): Promise<DeployError> {
  await removeInstruction(run, server.name);
  return error;
}

const goesOn =
  'The servers before it have the new version, the others run as before; one that was drained takes no new pods until then';

async function failed({ run, server }: Looking, reason: string): Promise<DeployError> {
  return new DeployError('upgrade_failed', `${server.name} could not be upgraded: ${reason}`, {
    hint: `Mend the cause on that server (/var/log/slipway-upgrade.log), then try again. ${goesOn}`,
    excerpt: await endOfLog(run, server.name),
  });
}

function neverBegan(name: string): DeployError {
  return new DeployError(
    'upgrade_failed',
    `${name} has not begun to upgrade itself within ${beginsWithinMs / minuteMs} minutes`,
    { hint: `See whether slipway-upgrade.timer runs there, and whether the server reaches Swift. ${goesOn}` },
  );
}

function neverEnded(name: string): DeployError {
  return new DeployError(
    'upgrade_failed',
    `${name} has been upgrading itself for ${endsWithinMs / minuteMs} minutes without an end`,
    { hint: `Look at /var/log/slipway-upgrade.log there, then try again. ${goesOn}` },
  );
}

function notJoined(name: string): DeployError {
  return new DeployError('upgrade_failed', `${name} is no node of the cluster, so that it cannot be upgraded`, {
    hint: `Remove it from the stack or mend it, then try again. ${goesOn}`,
  });
}

function notReady({ server }: Looking, node: NodeStatus | undefined): DeployError {
  const seen =
    node === undefined
      ? 'is not there'
      : `has ${node.version}${node.ready ? '' : `, and is not ready: ${node.reason}`}`;
  return new DeployError(
    'upgrade_failed',
    `${server.name} has upgraded itself, but its node ${seen} ${joinsWithinMs / minuteMs} minutes later`,
    { hint: `See the kubelet’s log on that server (journalctl --unit kubelet), then try again. ${goesOn}` },
  );
}
