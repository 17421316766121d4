import { z } from 'zod';
import type { ProxySpec } from '../clusters/cluster-spec.ts';
import { isWithoutUser } from './url-secrets.ts';

const url = z
  .url({ protocol: /^https?$/, error: 'expected an http or https URL such as http://proxy.example.org:3128' })
  .refine(isWithoutUser, 'a proxy’s URL may hold no user and no password: it would be kept in Redis and in Heat');

/** The key `network.proxy`. */
export const proxy = z
  .strictObject({
    http: url.optional(),
    https: url.optional(),
    none: z
      .array(z.string().regex(/^[^\s,]+$/, 'expected a host, a domain such as .example.org or a network'))
      .default([]),
  })
  .refine(({ http, https }) => http !== undefined || https !== undefined, 'give http, https or both');

/** What was parsed, without what is not there. */
export function toProxy({ http, https, none }: z.infer<typeof proxy>): ProxySpec {
  return { ...(http !== undefined && { http }), ...(https !== undefined && { https }), none };
}
