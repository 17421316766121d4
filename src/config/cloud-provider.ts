import { z } from 'zod';
import type { CloudProviderSpec } from '../clusters/cluster-spec.ts';

const parts = z
  .strictObject({
    controller: z.boolean().default(true),
    volumes: z.boolean().optional(),
    storageClass: z.boolean().optional(),
  })
  .refine(({ controller, volumes }) => controller || volumes !== true, {
    path: ['volumes'],
    message: 'volumes need the controller, which tells Kubernetes which server and zone each node is',
  })
  .refine(({ controller, volumes, storageClass }) => storageClass !== true || (controller && volumes !== false), {
    path: ['storageClass'],
    message: 'a storage class needs volumes',
  });

/** The key `cloudProvider` of a cluster: what of cloud-provider-openstack it gets. Everything, unless it says otherwise. */
export const cloudProvider = z
  .preprocess((value) => (value === false ? { controller: false } : value === true ? {} : value), parts)
  .default({ controller: true });

/** What was parsed, with what follows from what was said. */
export function toCloudProvider({ controller, ...given }: z.infer<typeof parts>): CloudProviderSpec {
  const volumes = given.volumes ?? controller;
  return { controller, volumes, storageClass: given.storageClass ?? volumes };
}
