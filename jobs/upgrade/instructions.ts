import { Readable } from 'node:stream';
import { z } from 'zod';
import { makerId } from '../../src/clusters/deployment.ts';
import { clusterContainer, instructionObject, outcomeObject } from '../../src/clusters/names.ts';
import { deleteObject, findObjectText, putObject } from '../../src/openstack/swift/objects.ts';
import { type Run, resultOf } from '../run.ts';
import { signedObjects } from '../stack.ts';
import type { UpgradedServer } from './servers.ts';

/** What a server says of the instruction that it has begun last. */
const outcomeShape = z.looseObject({
  id: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  reason: z.string().default(''),
});

export type Outcome = Pick<z.output<typeof outcomeShape>, 'state' | 'reason'>;

/** Names the instructions of one try: a server does each once. */
export function instructionId({ deployment }: Pick<Run, 'deployment'>): string {
  return `${deployment.id}-${deployment.round}`;
}

/**
 * Tells a server what to upgrade itself to, by an object that it looks for every minute. Salt itself, which is what does
 * the work, stays as the first boot has installed it.
 */
export async function putInstruction(run: Run, { name, roleStep }: UpgradedServer): Promise<void> {
  const { openstack, deployment, signal } = run;
  const { version } = resultOf(deployment, 'build');
  const { release } = resultOf(deployment, 'publish');
  const objects = (await signedObjects(run)).filter(({ kind }) => kind !== 'salt');
  const instruction = { id: instructionId(run), version, release, role_step: roleStep, objects };
  const content = Buffer.from(JSON.stringify(instruction));
  await putObject(
    openstack.swift,
    {
      container: clusterContainer(deployment.cluster),
      object: instructionObject(makerId(deployment), name),
      size: content.length,
      contentType: 'application/json',
      content: () => Readable.from([content]),
    },
    signal,
  );
}

/** What the server says of this try's instruction; undefined until it has begun with it. */
export async function findOutcome(run: Run, host: string): Promise<Outcome | undefined> {
  const { openstack, deployment, signal } = run;
  const object = outcomeObject(makerId(deployment), host);
  const text = await findObjectText(openstack.swift, clusterContainer(deployment.cluster), object, signal);
  const outcome = text === undefined ? undefined : outcomeShape.safeParse(parseJson(text)).data;
  return outcome?.id === instructionId(run) ? outcome : undefined;
}

/** Takes the instruction away. One that is gone already is a success. */
export async function removeInstruction({ openstack, deployment, signal }: Run, host: string): Promise<void> {
  const object = instructionObject(makerId(deployment), host);
  await deleteObject(openstack.swift, clusterContainer(deployment.cluster), object, signal);
}

/** Undefined for what a server has not written whole. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
