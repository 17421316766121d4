import { OpenStackError, StackFailedError } from '../src/errors.ts';
import { acceptedWithinMs, type CreateStackOptions, createStack, type StackRef } from '../src/openstack/heat/stacks.ts';
import type { Run } from './run.ts';
import { parseRequestMarker, requestMarker } from './stack-marker.ts';

/**
 * How long after a request its stack may still come about. Heat checks the whole template before there is a stack to be
 * found, and goes on when a proxy has lost its patience; half a minute more, for a request that was given up only when
 * its time had passed.
 */
export const defaultGraceMs = acceptedWithinMs + 30_000;

/** After that many requests without an answer and without a stack, one more helps nobody. */
const maxRequests = 3;

/** No connection stood, so nothing can have got through. */
const neverConnected = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** True while a stack that was asked for may come about although none can be found yet. */
export function mayStillCome({ deployment, step, tools }: Run): boolean {
  const request = parseRequestMarker(step.marker ?? deployment.steps.stack?.leftover);
  return request !== undefined && Date.now() - request.sentAt < (tools.stackGraceMs ?? defaultGraceMs);
}

/**
 * Asks Heat for a stack, and notes before that it does: whoever finds the note and no stack waits until none can come
 * about any more, since two requests at once could both pass Heat's look at the name.
 *
 * @throws StackFailedError, before anything is sent, when Heat has been asked often enough.
 */
export async function requestStack(run: Run, options: CreateStackOptions): Promise<StackRef> {
  const { openstack, step, signal } = run;
  const { name } = options;
  const before = step.marker ?? '';
  const requests = parseRequestMarker(before)?.requests ?? 0;
  if (requests >= maxRequests) throw heatDoesNotAnswer(name, requests);
  const marker = requestMarker({ sentAt: Date.now(), requests: requests + 1 });
  await step.report({ text: `asking Heat for ${name}` }, { marker });
  try {
    return await createStack(openstack.heat, options, signal);
  } catch (error) {
    if (isWithoutEffect(error)) await takeBack(run, name, before);
    throw error;
  }
}

/** True for an error after which nothing can come about: Heat said no, or was never asked. */
export function isWithoutEffect(error: unknown): boolean {
  if (!(error instanceof OpenStackError)) return false;
  const { service, status, detail } = error;
  if (service !== 'Heat') return true; // Keystone stood in the way
  if (status === undefined) return neverConnected.includes(String(detail.code));
  return status >= 400 && status < 500 && ![408, 429].includes(status);
}

/** Without the note the next attempt need not wait. That it cannot be taken back only costs that wait. */
async function takeBack({ step, log }: Run, name: string, marker: string): Promise<void> {
  await step.report({ text: `Heat has not taken ${name}` }, { marker }).catch((error: unknown) => {
    log.warn({ err: error }, 'a note of a request could not be taken back');
  });
}

function heatDoesNotAnswer(name: string, requests: number): StackFailedError {
  return new StackFailedError(
    `Heat was asked ${requests} times for ${name}, answered nothing clear and made no stack`,
    {
      hint: 'Ask the cloud’s operators to look at Heat and at the proxy before it; then ask for the cluster again',
    },
  );
}
