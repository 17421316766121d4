import { z } from 'zod';

/** `[Section]`, and `[LoadBalancerClass "name"]` as cloud-provider-openstack has it. */
const section = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9]*( "[A-Za-z0-9._-]+")?$/,
    'expected a section such as LoadBalancer or LoadBalancerClass "internal"',
  );

const key = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'expected a key of cloud.conf such as floating-network-id')
  .refine(
    (name) => !isSecret(name),
    'a secret may not be in clusters.yaml: it would be kept in Redis. Slipway makes credentials of the cluster’s own',
  );

/** An ini file has one line for each value. */
const value = z
  .union([z.string(), z.number(), z.boolean()], 'expected a text, a number, true or false')
  .transform(String)
  .refine((text) => !/\p{Cc}/u.test(text), 'expected one line without control characters');

/** password, trustee-password, application-credential-secret, token …: whatever lets somebody in. */
function isSecret(name: string): boolean {
  return /password|passwd|secret|token|private-key/i.test(name);
}

/** The key `cloudConfig` of a cluster: sections and keys of the nodes' cloud.conf. */
export const cloudConf = z.record(section, z.record(key, value)).superRefine(checkLoadBalancers).default({});

/** Old files ask for the load balancers that Neutron had before Octavia. */
function checkLoadBalancers(
  sections: Readonly<Record<string, Readonly<Record<string, string>>>>,
  context: z.RefinementCtx,
): void {
  const version = sections.LoadBalancer?.['lb-version'];
  if (version === undefined || version === 'v2') return;
  context.addIssue({
    code: 'custom',
    path: ['LoadBalancer', 'lb-version'],
    message: `Neutron’s own load balancers (LBaaS ${version}) are gone from OpenStack; leave the key out, and Services get Octavia’s`,
  });
}
