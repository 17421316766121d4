import type { Deployment, DeploymentEventBody } from '../src/clusters/deployment.ts';
import { clusterTag, stackName, stackTag } from '../src/clusters/names.ts';
import { parseStackLabel, parseStackOutputs, stackParameters } from '../src/clusters/stack.ts';
import type { StackResult } from '../src/clusters/steps.ts';
import { isConflict, NameTakenError, StackFailedError } from '../src/errors.ts';
import { listStackEvents, type StackEvent } from '../src/openstack/heat/events.ts';
import { listStackResources } from '../src/openstack/heat/resources.ts';
import type { Stack } from '../src/openstack/heat/stack.ts';
import { createStack, findStack, getStack, type StackRef } from '../src/openstack/heat/stacks.ts';
import { loadTemplate } from '../src/openstack/heat/template-files.ts';
import { ensureTempUrlKey, signObjectUrl } from '../src/openstack/swift/temp-url.ts';
import { type Again, type Run, resultOf } from './run.ts';
import { nestedDepth, whatFailed } from './stack-failure.ts';

/** How long after its creation Heat gives up on a stack, in minutes. */
const stackTimeoutMinutes = 60;

/** Heat ends a stack at its time-out by itself; one that goes on a good while after that has lost its engine. */
const giveUpMs = (stackTimeoutMinutes + 15) * 60_000;

/** Nodes that are added later fetch by the same URL, so it lives long; it opens one public tarball and nothing else. */
const serverUrlLifetimeMs = 365 * 24 * 3_600_000;

/** Seconds between two looks at a stack. Each costs three calls. */
const pollSeconds = 3;

/**
 * Creates the cluster's stack, or adopts the one that an earlier attempt of this deployment created; then follows its
 * events, put off between two looks, until it is complete or failed.
 */
export async function stack(run: Run): Promise<StackResult | Again> {
  const { openstack, deployment, step, signal } = run;
  const ref = await ensureStack(run);

  const current = await getStack(openstack.heat, ref, { resolveOutputs: false }, signal);
  await reportProgress(run, ref);
  if (current.state === 'IN_PROGRESS') {
    if (Date.now() - step.startedAt > giveUpMs) throw heatIsStuck(ref);
    return step.again({ afterSeconds: pollSeconds });
  }
  if (current.state === 'FAILED') throw await explainFailure(run, ref, current.statusReason);

  const complete = await getStack(openstack.heat, ref, { resolveOutputs: true }, signal);
  run.log.info({ stack: ref.id, deployment: deployment.id }, 'stack is complete');
  return parseStackOutputs(ref, complete.outputs);
}

async function ensureStack(run: Run): Promise<StackRef> {
  const { openstack, deployment, step, signal } = run;
  const name = stackName(deployment.cluster);
  const existing = await findStack(openstack.heat, name, signal);
  if (existing !== undefined) return adopt(existing, deployment);

  const { version } = resultOf(deployment, 'build');
  const inputs = {
    version,
    image: resultOf(deployment, 'image').id,
    keypair: resultOf(deployment, 'keypair').name,
    serverUrl: await serverUrl(run),
    serverSha256: resultOf(deployment, 'publish').server.sha256,
  };
  const { template, files } = await loadTemplate(run.tools.template);
  const options = {
    name,
    template,
    files,
    parameters: stackParameters(deployment, inputs),
    timeoutMinutes: stackTimeoutMinutes,
    tags: [stackTag, clusterTag(deployment.cluster)],
  };
  await step.checkpoint();
  try {
    return await createStack(openstack.heat, options, signal);
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

async function serverUrl({ openstack, deployment, tools, signal }: Run): Promise<string> {
  const { container, server } = resultOf(deployment, 'publish');
  // Of two keys made side by side the later would undo what the earlier one signed.
  const key = await tools.mutex.run(`temp-url-key:${deployment.spec.cloud ?? ''}`, signal, (inside) =>
    ensureTempUrlKey(openstack.swift, container, inside),
  );
  return signObjectUrl(
    openstack.swift,
    { container, object: server.object, key, lifetimeMs: serverUrlLifetimeMs },
    signal,
  );
}

async function reportProgress({ openstack, step, signal }: Run, ref: StackRef): Promise<void> {
  const events = await listStackEvents(
    openstack.heat,
    ref,
    { nestedDepth, ...(step.marker !== undefined && { marker: step.marker }) },
    signal,
  );
  const resources = await listStackResources(openstack.heat, ref, { nestedDepth }, signal);
  const done = resources.filter(({ status }) => status === 'CREATE_COMPLETE').length;
  const told = events.filter(isMilestone).map((event) => toEvent(event, step.attempt));
  const last = events.at(-1)?.id;
  const progress = { text: `${done} of ${resources.length} resources`, done, total: resources.length };
  await step.report(progress, { events: told, ...(last !== undefined && { marker: last }) });
}

/** Servers, their signals and the way in: what a person follows a stack by. What failed is told when the step ends. */
function isMilestone({ resourceType, status }: StackEvent): boolean {
  const watched = ['OS::Nova::Server', 'OS::Heat::WaitCondition', 'OS::Neutron::FloatingIP'];
  return status === 'CREATE_COMPLETE' && watched.includes(resourceType);
}

function toEvent(event: StackEvent, attempt: number): DeploymentEventBody {
  const { resource, resourceType, status, reason } = event;
  return { type: 'stack-event', step: 'stack', attempt, resource, resourceType, status, reason };
}

function heatIsStuck({ name, id }: StackRef): StackFailedError {
  return new StackFailedError(`Heat has been creating ${name} for longer than its own time-out`, {
    hint: 'Ask the cloud’s operators whether heat-engine runs; then tear the cluster down and ask for it again',
    detail: { stack: id },
  });
}

async function explainFailure(run: Run, ref: StackRef, reason: string): Promise<StackFailedError> {
  return new StackFailedError(`Heat could not create ${ref.name}: ${await whatFailed(run, ref, reason)}`, {
    hint: 'The stack is kept so that it can be looked at. Tear it down, mend the cause, and ask for the cluster again',
    detail: { stack: ref.id },
  });
}
