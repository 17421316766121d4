import type { NamedImageSpec } from '../../src/clusters/cluster-spec.ts';
import { imageDigestProperty, makerOf } from '../../src/clusters/names.ts';
import type { Image } from '../../src/openstack/glance/image.ts';

/** Which of the images of one name is taken, and what there is to say about it. */
export interface Choice {
  readonly image?: Image;
  readonly note?: string;
}

/**
 * Which of the images of that name, newest first, a cluster gets: with a sha512 only one of that very content, otherwise
 * the newest. Only active ones count; and of those that Slipway made itself, only those that were checked to the end.
 */
export function chooseImage(images: readonly Image[], { name, sha512 }: NamedImageSpec): Choice {
  const active = images.filter((image) => image.status === 'active' && image.name === name);
  if (sha512 === undefined) return newest(active.filter(isChecked), name);
  const image = active.find((candidate) => digestOf(candidate) === sha512);
  if (image !== undefined) return { image };
  const unknown = active.find((candidate) => digestOf(candidate) === undefined);
  if (unknown === undefined) return {};
  const { algorithm = 'no' } = unknown.hash ?? {};
  return { note: `the cloud keeps ${algorithm} digests, so that nobody can tell whether its ${name} is the right one` };
}

/** The SHA-512 of an image's content: the cloud's own, or the one that we have noted where the cloud uses another digest. */
export function digestOf({ hash, properties }: Image): string | undefined {
  return hash?.algorithm === 'sha512' ? hash.value : properties[imageDigestProperty];
}

function newest(images: readonly Image[], name: string): Choice {
  const [image] = images;
  if (image === undefined) return {};
  if (images.length === 1) return { image };
  return { image, note: `${images.length} images are named ${name}: the newest, ${image.id}, is taken` };
}

function isChecked({ tags, properties }: Image): boolean {
  return makerOf(tags) === undefined || properties[imageDigestProperty] !== undefined;
}
