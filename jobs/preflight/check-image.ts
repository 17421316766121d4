import { stat } from 'node:fs/promises';
import type { ClusterSpec, NamedImageSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, ok, problem } from '../../src/clusters/finding.ts';
import type { Survey } from './survey.ts';

const label = 'Image';

/** Whether the image is there and whole, or what it will be made from. */
export async function checkImage({ image: wanted }: ClusterSpec, { image }: Survey): Promise<Finding[]> {
  if (!image.seen) return [];
  const found = image.value;
  if (found?.status === 'active') return [ok(label, `${found.name}, already there`)];
  if ('id' in wanted) {
    const text =
      found === undefined
        ? `There is no image with the id ${wanted.id} in Glance`
        : `The image ${wanted.id} is ${found.status}, not active`;
    return [problem(label, text, 'Give the cluster another image in clusters.yaml')];
  }
  return [await sourceOf(wanted)];
}

async function sourceOf({ name, file, url }: NamedImageSpec): Promise<Finding> {
  if (file !== undefined) {
    const there = await stat(file).catch(() => undefined);
    if (there?.isFile()) return ok(label, `${name}, to be uploaded`);
    return problem(
      label,
      `There is no image ${name} in Glance, and the file ${file} is not on this worker`,
      'Put the file there, or upload the image yourself',
    );
  }
  if (url !== undefined) return ok(label, `${name}, to be fetched from ${new URL(url).host}`);
  return problem(
    label,
    `There is no image ${name} in Glance`,
    'Upload it, or give the cluster’s image a file, or a url and its sha512, in clusters.yaml',
  );
}
