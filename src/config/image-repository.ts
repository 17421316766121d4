import { z } from 'zod';

const host = String.raw`[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?`;
const path = '(/[a-z0-9]+([._-]+[a-z0-9]+)*)*';

/** The key `images` of a cluster: where the images of Kubernetes and of what runs on it come from. */
export const images = z
  .strictObject({
    repository: z
      .string()
      .regex(
        new RegExp(`^${host}${path}$`),
        'expected a registry and a path such as registry.example.org/k8s, without https://',
      )
      .optional(),
  })
  .default({});
