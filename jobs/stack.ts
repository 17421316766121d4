import type { Deployment } from '../src/clusters/deployment.ts';
import { clusterTag, stackName, stackTag } from '../src/clusters/names.ts';
import {
  bootMs,
  parseStackLabel,
  parseStackOutputs,
  type SignedObject,
  stackParameters,
} from '../src/clusters/stack.ts';
import type { StackResult } from '../src/clusters/steps.ts';
import { isConflict, NameTakenError, StackFailedError } from '../src/errors.ts';
import type { Stack } from '../src/openstack/heat/stack.ts';
import { findStack, getStack, type StackRef } from '../src/openstack/heat/stacks.ts';
import { loadTemplate } from '../src/openstack/heat/template-files.ts';
import { signObjectUrl } from '../src/openstack/swift/temp-url.ts';
import { signedStore, urlLifetimeMs } from './cluster-store.ts';
import { type Again, isAgain, type Run, resultOf } from './run.ts';
import { signingKey } from './signing-key.ts';
import { explainFailure } from './stack-failure.ts';
import { clearLeftover } from './stack-leftover.ts';
import { parseStackMarker, stackMarker } from './stack-marker.ts';
import { milestonesIn, readStackNews, type StackNews } from './stack-news.ts';
import { mayStillCome, requestStack } from './stack-request.ts';
import { pollSeconds } from './stack-watches.ts';

/** How long after its creation Heat gives up on a stack, in minutes: what it makes before servers boot, and their boot. */
export function stackTimeoutMinutes({ spec }: Deployment): number {
  return 30 + Math.ceil(bootMs(spec) / 60_000);
}

/** Heat ends a stack at its time-out by itself; one that goes on a good while after that has lost its engine. */
export const heatGraceMs = 15 * 60_000;

/**
 * Creates the cluster's stack, or adopts the one that an earlier attempt of this deployment created; then follows its
 * events, put off between two looks, until it is complete or failed. The step's marker holds the stack and its last
 * event; before there is a stack, when it was asked for.
 */
export async function stack(run: Run): Promise<StackResult | Again> {
  const { openstack, deployment, step, tools, signal } = run;
  const ref = rememberedStack(run) ?? (await ensureStack(run));
  if (isAgain(ref)) return ref;

  const { stack: current, news } = await tools
    .stackWatch(deployment.spec)
    .look(ref, () => readStackNews(run, ref, parseStackMarker(step.marker)?.place), signal);
  if (current === undefined || current.action === 'DELETE') throw wasDeleted(ref);
  if (news !== undefined) await reportNews(run, ref, news);
  if (current.state === 'IN_PROGRESS') {
    const giveUpMs = stackTimeoutMinutes(deployment) * 60_000 + heatGraceMs;
    if (Date.now() - step.startedAt > giveUpMs) throw heatIsStuck(ref);
    return step.again({ afterSeconds: pollSeconds });
  }
  if (current.state === 'FAILED') throw await couldNotCreate(run, ref, current.statusReason);

  const complete = await getStack(openstack.heat, ref, { resolveOutputs: true }, signal);
  run.log.info({ stack: ref.id, deployment: deployment.id }, 'stack is complete');
  return parseStackOutputs(ref, complete.outputs);
}

/** The stack that an earlier look found or made; it is looked for by name only once. */
function rememberedStack({ deployment, step }: Run): StackRef | undefined {
  const marker = parseStackMarker(step.marker);
  return marker && { name: stackName(deployment.cluster), id: marker.id };
}

/** Looks first: of a creation whose answer was lost nobody knows whether it has happened, or is about to. */
async function ensureStack(run: Run): Promise<StackRef | Again> {
  const name = stackName(run.deployment.cluster);
  const existing = await findStack(run.openstack.heat, name, run.signal);
  if (existing === undefined && mayStillCome(run)) return lookAgain(run, name);
  const inTheWay = await clearLeftover(run, existing);
  if (inTheWay !== undefined) return inTheWay;
  const ref = existing ? adopt(existing, run.deployment) : await makeStack(run, name);
  await run.step.report({ text: `Heat makes ${name}` }, { marker: stackMarker({ id: ref.id, place: '' }) });
  return ref;
}

/** Tells once what is waited for, not at every look. */
async function lookAgain({ deployment, step }: Run, name: string): Promise<Again> {
  const text = `looking for the stack ${name} that may have been asked for`;
  if (deployment.steps.stack?.progress?.text !== text) await step.report({ text });
  return step.again({ afterSeconds: pollSeconds });
}

async function makeStack(run: Run, name: string): Promise<StackRef> {
  const { openstack, deployment, step, signal } = run;
  const { version } = resultOf(deployment, 'build');
  const inputs = {
    version,
    image: resultOf(deployment, 'image').id,
    keypair: resultOf(deployment, 'keypair').name,
    release: resultOf(deployment, 'publish').release,
    objects: await signedObjects(run),
    store: await signedStore(run),
  };
  const { template, files } = await loadTemplate(run.tools.template);
  const options = {
    name,
    template,
    files,
    parameters: stackParameters(deployment, inputs),
    timeoutMinutes: stackTimeoutMinutes(deployment),
    tags: [stackTag, clusterTag(deployment.cluster)],
  };
  await step.checkpoint();
  try {
    return await requestStack(run, options);
  } catch (error) {
    // An earlier attempt's request whose answer was lost may have been at work all the while.
    const late = isConflict(error) ? await findStack(openstack.heat, name, signal) : undefined;
    if (late === undefined) throw error;
    return adopt(late, deployment);
  }
}

/** The stack, if this very deployment made it. */
function adopt(stack: Stack, deployment: Deployment): StackRef {
  if (parseStackLabel(stack.parameters)?.deployment === deployment.id) return stack;
  throw new NameTakenError(`A stack named ${stack.name} exists already`, {
    hint: `Tear it down first: /k8s down ${deployment.cluster}`,
    detail: { stack: stack.id },
  });
}

/** The objects of the release, each with a URL that opens it and nothing else. */
export async function signedObjects(run: Run): Promise<SignedObject[]> {
  const { openstack, deployment, signal } = run;
  const { container, objects } = resultOf(deployment, 'publish');
  const key = await signingKey(run, container);
  return Promise.all(
    objects.map(async ({ object, ...known }) => {
      const url = await signObjectUrl(openstack.swift, { container, object, key, lifetimeMs: urlLifetimeMs }, signal);
      return { ...known, url };
    }),
  );
}

async function reportNews({ step }: Run, ref: StackRef, news: StackNews): Promise<void> {
  const done = news.resources.filter(({ status }) => status === 'CREATE_COMPLETE').length;
  const total = news.resources.length;
  await step.report(
    { text: `${done} of ${total} resources`, done, total },
    {
      events: milestonesIn(news, 'stack', step.attempt),
      marker: stackMarker({ id: ref.id, place: news.place }),
    },
  );
}

function heatIsStuck({ name, id }: StackRef): StackFailedError {
  return new StackFailedError(`Heat has been creating ${name} for longer than its own time-out`, {
    hint: 'Ask the cloud’s operators whether heat-engine runs; then try again, or tear the cluster down',
    detail: { stack: id },
  });
}

function wasDeleted({ name, id }: StackRef): StackFailedError {
  return new StackFailedError(`The Heat stack ${name} was deleted while Heat was making it`, {
    hint: 'Find out who deleted it; then try again',
    detail: { stack: id },
  });
}

async function couldNotCreate(run: Run, ref: StackRef, statusReason: string): Promise<StackFailedError> {
  const { reason, excerpt, detail } = await explainFailure(run, ref, statusReason);
  return new StackFailedError(`Heat could not create ${ref.name}: ${reason}`, {
    hint: 'The stack is kept so that it can be looked at. Mend the cause, then try again, or tear it down',
    excerpt,
    detail: { stack: ref.id, ...detail },
  });
}
