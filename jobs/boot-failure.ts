import { Readable } from 'node:stream';
import type { ClusterSpec } from '../src/clusters/cluster-spec.ts';
import { makerId } from '../src/clusters/deployment.ts';
import { bootLogObject, clusterContainer } from '../src/clusters/names.ts';
import { splitLines } from '../src/kubernetes/lines.ts';
import { createRedactor, type Redactor } from '../src/kubernetes/redact.ts';
import type { StackFailure } from '../src/openstack/heat/failure.ts';
import type { StackResource } from '../src/openstack/heat/resources.ts';
import { readConsoleLog } from '../src/openstack/nova/console-log.ts';
import { getServer, type Server } from '../src/openstack/nova/servers.ts';
import { findObjectText } from '../src/openstack/swift/objects.ts';
import { orNothing } from './or-nothing.ts';
import type { Run } from './run.ts';

/** What is known of a first boot that failed. */
export interface BootFailure {
  /** Which server, and why. */
  readonly reason: string;
  /** What the server itself said last, fit to be shown. */
  readonly excerpt: readonly string[];
  readonly server: string;
}

/** As many lines as a thread shows, and of a console as much as to find them in. */
const mostLines = 12;
const consoleLines = 40;

/**
 * Why a server did not come up, as itself has signalled it or, where it never did, as its console shows. Undefined for a
 * failure that is about something else.
 */
export async function explainBoot(
  run: Run,
  failure: StackFailure,
  resources: readonly StackResource[],
): Promise<BootFailure | undefined> {
  const [, kind, said] = /^WaitCondition(Failure|Timeout):\s*(?:resources\.\S+: )?(.*)/s.exec(failure.reason) ?? [];
  const resource = serverBeside(failure, resources);
  if (kind === undefined || resource === undefined) return undefined;
  const server = await orNothing(run, () => getServer(run.openstack.nova, resource.id, run.signal));
  const who = server === undefined ? resource.name : describe(server, run.deployment.spec);
  if (kind === 'Failure') {
    const excerpt = server === undefined ? [] : await endOfLog(run, server.name);
    return { reason: `${who}: ${said}`, excerpt, server: resource.id };
  }
  const reason = `${who} never reported how its first boot went`;
  return { reason, excerpt: await endOfConsole(run, resource.id), server: resource.id };
}

/** The template gives each server a stack of its own, which its wait condition is in as well. */
function serverBeside({ stack }: StackFailure, resources: readonly StackResource[]): StackResource | undefined {
  return resources.find(({ type, stack: owner }) => type === 'OS::Nova::Server' && owner.id === stack.id);
}

/** By the role that the template notes with each server. The only control plane needs no name. */
function describe({ name, metadata: { slipway_role: role } }: Server, { controlPlane }: ClusterSpec): string {
  if (role === 'control-plane') return controlPlane.count === 1 ? 'control plane' : `control plane ${name}`;
  return role === undefined ? name : `${role} ${name}`;
}

/** What a server has put into the cluster's container before it told that it failed: the last lines, fit to be shown. */
export async function endOfLog(run: Run, host: string): Promise<string[]> {
  const { openstack, deployment, signal } = run;
  const container = clusterContainer(deployment.cluster);
  const object = bootLogObject(makerId(deployment), host);
  const text = await orNothing(run, () => findObjectText(openstack.swift, container, object, signal));
  return text === undefined ? [] : (await tellingLines(text, run.tools.secrets)).slice(-mostLines);
}

async function endOfConsole(run: Run, id: string): Promise<string[]> {
  const { nova } = run.openstack;
  const log = await orNothing(run, () => readConsoleLog(nova, id, { lines: consoleLines }, run.signal));
  if (log?.text === undefined) return [];
  const lines = await tellingLines(log.text, run.tools.secrets);
  return lines.length === 0 ? [] : ['The end of its console:', ...lines.slice(1 - mostLines)];
}

/** Lines with a word in them, fit to be shown. */
async function tellingLines(text: string, secrets: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(Readable.from([text]), bootRedactor(secrets))) {
    if (/\p{L}/u.test(line)) lines.push(line);
  }
  return lines;
}

/** What kubeadm and its configuration are given to join by: bootstrap tokens and the key of the certificates. */
const joinSecrets = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b|(?<=certificate-?key\W{1,4})[0-9a-f]{64}\b/gi;

function bootRedactor(secrets: readonly string[]): Redactor {
  const redact = createRedactor(secrets);
  return (line) => redact(line)?.replace(joinSecrets, '[secret]');
}
