import type { StageTime } from '../../clusters/artifact.ts';
import type { Deployment, StepRecords } from '../../clusters/deployment.ts';
import { stackName } from '../../clusters/names.ts';
import type { BuildResult, PublishResult, StepName } from '../../clusters/steps.ts';
import { code, oneLine } from '../views/mrkdwn.ts';
import { count, roughly } from '../views/quantities.ts';
import { versionOf } from './cluster-texts.ts';

/** What each step is about, as a line of the checklist that reads well before, during and after it. */
const titles: Readonly<Record<StepName, (deployment: Deployment) => string>> = {
  build: (deployment) => `Kubernetes ${oneLine(versionOf(deployment), 100)}${originOf(deployment)}`,
  publish: () => 'Release in Swift',
  image: ({ spec: { image } }) => `Image ${oneLine('id' in image ? image.id : image.name, 100)} in Glance`,
  keypair: ({ spec: { keypair } }) => `Keypair ${oneLine(keypair.name, 100)} in Nova`,
  stack: ({ cluster }) => `Stack ${stackName(cluster)} in Heat`,
  verify: () => 'Check of the Kubernetes API',
  'delete-stack': ({ cluster }) => `Deletion of stack ${stackName(cluster)}`,
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

function doneBy(step: StepName, { build, publish, image, keypair, 'delete-stack': deleted }: StepRecords): Outcome {
  switch (step) {
    case 'build':
      return build?.result === undefined ? {} : buildOutcome(build.result);
    case 'publish':
      return { words: publish?.result && sentText(publish.result) };
    case 'image':
      return { words: presence(image?.result?.uploaded, 'uploaded') };
    case 'keypair':
      return { words: presence(keypair?.result?.imported, 'imported') };
    case 'delete-stack':
      return deleted?.result?.existed === false ? { words: 'was gone already' } : {};
    default:
      return {};
  }
}

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
