import { z } from 'zod';
import { type AccessPolicy, accessLevels, type Policy } from '../clusters/policy.ts';
import { duration } from './duration.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Kubernetes signs no certificate for less than ten minutes, and cannot take one back: a week is long enough. */
const shortestMs = 10 * minuteMs;
const longestMs = 7 * dayMs;
const usualMs = 8 * 60 * minuteMs;

/** The key `access` of the policy: who gets which credential for the clusters, and for how long. */
export function accessSchema(person: z.ZodType<string>) {
  const people = z.array(person).optional();
  return z
    .strictObject({
      admin: people,
      edit: people,
      view: people,
      lifetime: duration
        .refine((ms) => ms >= shortestMs && ms <= longestMs, 'expected a duration from 10m to 7d, such as 8h')
        .default(usualMs),
    })
    .default({ lifetime: usualMs });
}

/** Where nobody is named, those who may approve are administrators, and those who may ask may edit. */
export function toAccess(
  { lifetime: lifetimeMs, ...named }: z.infer<ReturnType<typeof accessSchema>>,
  { request, approve }: Pick<Policy, 'request' | 'approve'>,
): AccessPolicy {
  if (accessLevels.every((level) => named[level] === undefined)) {
    return { admin: approve.from, edit: request, view: [], lifetimeMs };
  }
  const { admin = [], edit = [], view = [] } = named;
  return { admin, edit, view, lifetimeMs };
}
