import { z } from 'zod';
import { cidrsOverlap } from '../clusters/cidr.ts';
import type { NetworkSpec, SecurityRule } from '../clusters/cluster-spec.ts';
import { address, cidr, prefixOf, subnetCidr } from './addresses.ts';
import { networkPlugin, toNetworkPlugin } from './network-plugin.ts';
import { proxy, toProxy } from './proxy.ts';
import { securityRule, toSecurityRule } from './security-rule.ts';

/** kube-apiserver takes no more than 20 bits of addresses for services; and DNS has the tenth. */
const servicesCidr = subnetCidr.refine(
  (text) => prefixOf(text) >= 12 && prefixOf(text) <= 27,
  'expected a range between /12 and /27 for services',
);

/** The range of a cluster's own network, unless clusters.yaml names another. */
const usualCidr = '10.123.0.0/24';

const keys = z.strictObject({
  external: z.string().min(1),
  existing: z.strictObject({ network: z.string().min(1), subnet: z.string().min(1) }).optional(),
  cidr: subnetCidr.optional(),
  dns: z.array(address).max(5, 'Neutron takes five resolvers at most').default([]),
  floatingIp: z.boolean().default(true),
  api: z
    .strictObject({ from: z.array(cidr).min(1, 'expected at least one network; 0.0.0.0/0 is all').max(50) })
    .default({ from: ['0.0.0.0/0'] }),
  rules: z.array(securityRule).max(50).default([]),
  pods: subnetCidr.default('10.244.0.0/16'),
  services: servicesCidr.default('10.96.0.0/12'),
  plugin: networkPlugin,
  proxy: proxy.optional(),
});

type Parsed = z.infer<typeof keys>;

/** The key `network` of a cluster. */
export const network = keys.superRefine(checkRanges).superRefine(checkOwnership);

/** Packets find their way by their addresses: no two of these ranges may have one in common. */
function checkRanges({ cidr: subnet = usualCidr, pods, services }: Parsed, context: z.RefinementCtx): void {
  const ranges = [
    ['cidr', subnet],
    ['pods', pods],
    ['services', services],
  ] as const;
  for (const [index, [key, range]] of ranges.entries()) {
    for (const [other, before] of ranges.slice(0, index)) {
      if (!cidrsOverlap(range, before)) continue;
      const message = `${range} overlaps network.${other} (${before}); choose ranges that have no address in common`;
      context.addIssue({ code: 'custom', path: [key], message });
    }
  }
}

/** What has to be said depends on whose network it is. */
function checkOwnership({ existing, cidr: given, dns }: Parsed, context: z.RefinementCtx): void {
  const add = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  if (existing === undefined) {
    if (dns.length === 0) add('dns', 'expected at least one resolver');
    return;
  }
  if (given === undefined) add('cidr', `is missing: the range of the existing subnet ${existing.subnet}`);
  if (dns.length > 0) add('dns', 'an existing subnet tells its servers of its own resolvers; leave dns out');
}

/** What was parsed, with absolute paths. */
export function toNetwork(parsed: Parsed, folder: string): NetworkSpec {
  const { external, existing, cidr: range = usualCidr, dns, floatingIp, api, rules, pods, services } = parsed;
  return {
    external,
    cidr: range,
    dns,
    ...(existing && { existing }),
    floatingIp,
    apiFrom: api.from,
    rules: rules.map((rule): SecurityRule => toSecurityRule(rule)),
    pods,
    services,
    plugin: toNetworkPlugin(parsed.plugin, folder),
    ...(parsed.proxy && { proxy: toProxy(parsed.proxy) }),
  };
}
