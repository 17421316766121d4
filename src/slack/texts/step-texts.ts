import type { StageTime } from '../../clusters/artifact.ts';
import type { Deployment, StepRecords } from '../../clusters/deployment.ts';
import { stackName } from '../../clusters/names.ts';
import type {
  BuildResult,
  CleanUpResult,
  CredentialResult,
  DrainResult,
  PublishResult,
  PurgeResult,
  ResizeResult,
  StepName,
  UpgradeResult,
} from '../../clusters/steps.ts';
import { healthSummary } from '../views/health-tables.ts';
import { allOf, code, oneLine } from '../views/mrkdwn.ts';
import { count, roughly } from '../views/quantities.ts';
import { versionOf } from './cluster-texts.ts';

/** What each step is about, as a line of the checklist that reads well before, during and after it. */
const titles: Readonly<Record<StepName, (deployment: Deployment) => string>> = {
  build: (deployment) => `Kubernetes ${oneLine(versionOf(deployment), 100)}${originOf(deployment)}`,
  publish: () => 'Release in Swift',
  image: ({ spec: { image } }) => `Image ${oneLine('id' in image ? image.id : image.name, 100)} in Glance`,
  keypair: ({ spec: { keypair } }) => `Keypair ${oneLine(keypair.name, 100)} in Nova`,
  credential: ({ spec: { cloudProvider } }) =>
    cloudProvider.controller
      ? 'Credential of the cluster’s controllers in Keystone'
      : 'Container of the cluster in Swift',
  stack: ({ cluster }) => `Stack ${stackName(cluster)} in Heat`,
  verify: () => 'Check of the Kubernetes API',
  purge: () => 'Removal of what Services have made: load balancers, floating IPs',
  'delete-stack': ({ cluster }) => `Deletion of stack ${stackName(cluster)}`,
  'clean-up': () => 'Removal of the cluster’s credential and container',
  drain: ({ plan }) =>
    `Draining of ${plan?.leaving === undefined ? 'nodes that go' : count(plan.leaving.length, 'node')}`,
  upgrade: (deployment) => `Upgrade of the servers to ${oneLine(versionOf(deployment), 100)}`,
  resize: ({ cluster, spec }) => `Stack ${stackName(cluster)} with ${count(spec.nodes.count, 'node')}`,
};

function originOf({ spec }: Deployment): string {
  return spec.kubernetes.source === 'build' ? ' from source' : ', official release';
}

/** A step's line in the checklist, without its mark. */
export function stepTitle(step: StepName, deployment: Deployment): string {
  return titles[step](deployment);
}

/** What finishing a step did, where the title does not say it already. `took` is how long it was, if worth telling. */
export function stepOutcome(step: StepName, steps: StepRecords, took?: string): string | undefined {
  return withTime(doneBy(step, steps), took);
}

/** What was done, and whether its time belongs to the words ("built in 31 min") or is a remark of its own. */
interface Outcome {
  readonly words?: string | undefined;
  readonly verb?: boolean;
}

function doneBy(step: StepName, records: StepRecords): Outcome {
  const { build } = records;
  if (step === 'build') return build?.result === undefined ? {} : buildOutcome(build.result);
  return { words: wordsFor[step]?.(records) };
}

/** What was done by each step that has more to say than that it is done. */
const wordsFor: { readonly [Name in StepName]?: (records: StepRecords) => string | undefined } = {
  publish: ({ publish }) => publish?.result && sentText(publish.result),
  image: ({ image }) => presence(image?.result?.uploaded, 'uploaded'),
  keypair: ({ keypair }) => presence(keypair?.result?.imported, 'imported'),
  credential: ({ credential }) => (credential?.result?.kind === 'password' ? 'Slipway’s own password' : undefined),
  verify: ({ verify }) => verify?.result?.health && healthSummary(verify.result.health),
  purge: ({ purge }) => purge?.result && removedText(purge.result),
  'delete-stack': ({ 'delete-stack': deleted }) =>
    deleted?.result?.existed === false ? 'was gone already' : undefined,
  'clean-up': ({ 'clean-up': cleaned }) => cleaned?.result && cleanedText(cleaned.result),
  drain: ({ drain }) => drain?.result && drainedWords(drain.result),
  resize: ({ resize }) => resize?.result && resizedWords(resize.result),
  upgrade: ({ upgrade }) => upgrade?.result && `${count(upgrade.result.servers.length, 'server')} upgraded`,
};

function presence(made: boolean | undefined, verb: string): string | undefined {
  if (made === undefined) return undefined;
  return made ? verb : 'was there already';
}

function withTime({ words, verb = false }: Outcome, took: string | undefined): string | undefined {
  const parts = [words, took].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(verb ? ' in ' : ' · ');
}

function buildOutcome({ commit, made }: BuildResult): Outcome {
  const done = commit === undefined ? 'fetched' : 'built';
  const words = [...(commit === undefined ? [] : [`commit ${code(shortCommit(commit))}`]), made ? done : inSwift];
  return { words: words.join(' · '), verb: made };
}

const inSwift = 'was in Swift already';

/** "3 objects sent", or that none had to be. */
function sentText({ sent }: PublishResult): string {
  return sent === 0 ? 'was there already' : `${count(sent, 'object')} sent`;
}

/** What the thread is told of Kubernetes itself. `took` is " in 31 min", or nothing. */
export function builtText({ version, commit, made, stages = [] }: BuildResult, took: string): string {
  const kubernetes = `Kubernetes ${oneLine(version, 100)}`;
  if (commit === undefined) {
    return made ? `${kubernetes}, official release, fetched${took}` : `${kubernetes}, official release, ${inSwift}`;
  }
  const source = `commit ${code(shortCommit(commit))}`;
  if (!made) return `${kubernetes} was built already: ${source}, nothing to build`;
  return `${kubernetes} built from ${source}${took}${stagesText(stages)}`;
}

/** What the thread is told of the release. */
export function publishedText({ container, objects, sent }: PublishResult, took: string): string {
  const all = `${count(objects.length, 'object')} in container ${code(container)}`;
  if (sent === 0) return `Release was in Swift already: ${all}`;
  return `Release published to Swift${took}: ${sent === objects.length ? '' : `${sent} of `}${all}`;
}

/** What the thread is told of how the cluster's controllers log in. */
export function credentialText({ container, kind }: CredentialResult, { cluster }: Deployment, took: string): string {
  switch (kind) {
    case 'application-credential':
      return `Application credential of ${cluster}’s own made${took}; its secret is in container ${code(container)}`;
    case 'password':
      return (
        `Container ${code(container)} ready${took}\n*Note* · Keystone refuses an application credential here, so ` +
        `the controllers of ${cluster} log in with the password of Slipway’s user, which every control plane can read`
      );
    case 'none':
      return `Container ${code(container)} ready${took}`;
  }
}

/** What the thread is told of what Services had made. */
export function purgedText(result: PurgeResult, took: string): string {
  return `What Services had made: ${removedText(result)}${took}`;
}

/** "2 load balancers and 1 floating IP removed". */
function removedText({ loadBalancers, floatingIps, securityGroups, volumes }: PurgeResult): string {
  const removed = [
    ...counted(loadBalancers, 'load balancer'),
    ...counted(floatingIps, 'floating IP'),
    ...counted(securityGroups, 'security group'),
  ];
  const kept = volumes.length === 0 ? '' : ` · ${count(volumes.length, 'volume')} kept`;
  return `${removed.length === 0 ? 'nothing to remove' : `${allOf(removed)} removed`}${kept}`;
}

function counted(number: number, noun: string): string[] {
  return number === 0 ? [] : [count(number, noun)];
}

const volumesNamed = 10;

/** Volumes cost money and hold data: which they are, and how they go. Nothing for a cluster without any. */
export function volumeLines({ volumes }: PurgeResult): string[] {
  if (volumes.length === 0) return [];
  const named = volumes.slice(0, volumesNamed).map((name) => code(name, 60));
  const more = volumes.length > volumesNamed ? ` and ${volumes.length - volumesNamed} more` : '';
  const verb = volumes.length === 1 ? 'stays' : 'stay';
  return [
    `*Note* · ${count(volumes.length, 'volume')} ${verb}: ${named.join(', ')}${more}; delete what nobody needs ` +
      `with ${code('openstack volume delete')}`,
  ];
}

/** What the thread is told of what Slipway kept for the cluster. */
export function cleanedUpText(result: CleanUpResult, took: string): string {
  return `What Slipway kept for the cluster: ${cleanedText(result)}${took}`;
}

/** "1 credential revoked, 7 objects removed". */
function cleanedText({ credentials, objects, volumes = 0 }: CleanUpResult): string {
  const done = [
    ...(credentials === 0 ? [] : [`${count(credentials, 'credential')} revoked`]),
    ...(objects === 0 ? [] : [`${count(objects, 'object')} removed`]),
    ...(volumes === 0 ? [] : [`${count(volumes, 'volume')} deleted`]),
  ];
  return done.length === 0 ? 'was gone already' : done.join(', ');
}

/** What the thread is told of nodes that go; nothing where none do. */
export function drainedText(result: DrainResult, took: string): string {
  return result.nodes.length === 0 ? 'No node has to go' : `Nodes that go are empty${took}: ${drainedWords(result)}`;
}

function drainedWords({ nodes, evicted }: DrainResult): string {
  if (nodes.length === 0) return 'nothing to drain';
  return evicted === 0 ? 'nothing had to move' : `${count(evicted, 'pod')} moved`;
}

/** What the thread is told of the nodes that there are. */
export function resizedText(result: ResizeResult, took: string): string {
  return `The stack has ${count(result.nodes.length, 'node')}${took}: ${resizedWords(result)}`;
}

/** What the thread is told when all servers have the new version. */
export function upgradedText({ version, servers }: UpgradeResult, took: string): string {
  return `${count(servers.length, 'server')} upgraded to ${oneLine(version, 100)}${took}; nodes that are added later get it, too`;
}

const nodesNamed = 8;

/** "staging-node-2 added, staging-node-1 removed". */
function resizedWords({ added, removed }: ResizeResult): string {
  const words = [...nodesText(added, 'added'), ...nodesText(removed, 'removed')];
  return words.length === 0 ? 'it had them already' : words.join(', ');
}

function nodesText(nodes: readonly string[], verb: string): string[] {
  if (nodes.length === 0) return [];
  const named =
    nodes.length <= nodesNamed ? allOf(nodes.map((name) => oneLine(name, 80))) : count(nodes.length, 'node');
  return [`${named} ${verb}`];
}

const stageWords: Readonly<Record<string, string>> = {
  fetch: 'fetching',
  images: 'building images',
  compile: 'compiling',
  package: 'packaging',
};

/** A stage that took less says nothing. */
const worthTellingMs = 1_000;

/** " (fetching 1 min, compiling 27 min, packaging 3 min)". */
function stagesText(stages: readonly StageTime[]): string {
  const words = stages
    .filter(({ ms }) => ms >= worthTellingMs)
    .slice(0, 8)
    .map(({ stage, ms }) => `${stageWords[stage] ?? oneLine(stage, 40)} ${roughly(ms)}`);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

/** A commit's first characters, as many as name it among all of Kubernetes'. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 12);
}
