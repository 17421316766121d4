import { z } from 'zod';
import type { SecurityRule } from '../clusters/cluster-spec.ts';
import { cidr } from './addresses.ts';

const aPort = 'expected a port such as 22, or ports such as 30000-32767';

/** One port or a span of them, as its two ends. */
const ports = z.union([z.int(), z.string()], aPort).transform((given, context): [number, number] => {
  const [, from = '', to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(given)) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (from !== '' && first >= 1 && first <= last && last <= 65_535) return [first, last];
  context.addIssue({ code: 'custom', message: aPort });
  return z.NEVER;
});

/** One of the key `network.rules`: a way into the cluster. */
export const securityRule = z
  .strictObject({
    to: z.enum(['control-plane', 'nodes', 'all'], 'expected control-plane, nodes or all'),
    protocol: z.enum(['tcp', 'udp', 'icmp'], 'expected tcp, udp or icmp'),
    ports: ports.optional(),
    from: cidr,
  })
  .refine(({ protocol, ports: given }) => protocol === 'icmp' || given !== undefined, {
    path: ['ports'],
    message: 'is missing; write 1-65535 for all',
  })
  .refine(({ protocol, ports: given }) => protocol !== 'icmp' || given === undefined, {
    path: ['ports'],
    message: 'icmp has no ports',
  });

/** What was parsed, without what is not there. */
export function toSecurityRule({ ports: given, ...rule }: z.infer<typeof securityRule>): SecurityRule {
  return { ...rule, ...(given && { ports: given }) };
}
