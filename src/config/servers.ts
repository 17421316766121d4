import { z } from 'zod';
import type { ControlPlaneSpec, NodesSpec, ServersSpec } from '../clusters/cluster-spec.ts';

/** Nova takes ZONE:HOST from operators, and servers of a cluster are not to be forced onto a host. */
const zone = z
  .string()
  .regex(/^[^\s:]{1,255}$/, 'expected the name of an availability zone, without blanks and colons');

const bootVolume = z.strictObject({
  size: z
    .int({ error: ({ input }) => (input === undefined ? undefined : 'expected a number of GiB') })
    .min(1)
    .max(16_384),
  type: z.string().min(1).max(255).optional(),
});

const serverKeys = {
  flavor: z.string().min(1),
  availabilityZone: zone.optional(),
  bootVolume: bootVolume.optional(),
};

/** The key `controlPlane` of a cluster. */
export const controlPlane = z.strictObject({
  count: z
    .union([z.literal(1), z.literal(3)], 'expected 1, or 3 for a control plane that survives the loss of a server')
    .default(1),
  ...serverKeys,
});

/** The key `nodes` of a cluster. */
export const nodes = z
  .strictObject({
    count: z.int().min(0).max(200),
    max: z.int().min(1).max(200).optional(),
    floatingIps: z.boolean().default(false),
    ...serverKeys,
  })
  .refine((value) => value.max === undefined || value.max >= value.count, 'max must not be below count');

/** The key `serverGroup` of a cluster. */
export const serverGroup = z
  .enum(['none', 'affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'])
  .default('soft-anti-affinity');

/** What was parsed, without what is not there. */
export function toControlPlane({ count, ...servers }: z.infer<typeof controlPlane>): ControlPlaneSpec {
  return { count, ...toServers(servers) };
}

/** What was parsed, with the most nodes that there may be. */
export function toNodes({ count, max, floatingIps, ...servers }: z.infer<typeof nodes>): NodesSpec {
  return { count, max: max ?? Math.max(1, count), floatingIps, ...toServers(servers) };
}

interface ParsedServers {
  flavor: string;
  availabilityZone?: string | undefined;
  bootVolume?: z.infer<typeof bootVolume> | undefined;
}

function toServers({ flavor, availabilityZone, bootVolume: volume }: ParsedServers): ServersSpec {
  return {
    flavor,
    ...(availabilityZone !== undefined && { availabilityZone }),
    ...(volume && { bootVolume: { size: volume.size, ...(volume.type !== undefined && { type: volume.type }) } }),
  };
}
