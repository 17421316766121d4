import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ClusterSpec, NamedImageSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, ok, problem, warning } from '../../src/clusters/finding.ts';
import type { Image } from '../../src/openstack/glance/image.ts';
import type { Survey } from './survey.ts';

const label = 'Image';

/** Whether the image is there and whole, or what it will be made from. */
export async function checkImage({ image: wanted }: ClusterSpec, { image }: Survey): Promise<Finding[]> {
  if (!image.seen) return [];
  const { image: found, note } = image.value;
  const notes = note === undefined ? [] : [warning(label, `${note.charAt(0).toUpperCase()}${note.slice(1)}`)];
  if (found?.status === 'active') return [ok(label, `${found.name}, already there`), ...notes];
  if ('id' in wanted) return [unusable(wanted.id, found)];
  return [await sourceOf(wanted), ...notes];
}

function unusable(id: string, found: Image | undefined): Finding {
  const text =
    found === undefined
      ? `There is no image with the id ${id} in Glance`
      : `The image ${id} is ${found.status}, not active`;
  return problem(label, text, 'Give the cluster another image in clusters.yaml');
}

async function sourceOf({ name, file, url }: NamedImageSpec): Promise<Finding> {
  if (file !== undefined) {
    const there = await stat(file).catch(() => undefined);
    if (there?.isFile()) return ok(label, `${name}, to be uploaded`);
    return problem(
      label,
      `There is no image ${name} in Glance, and its file ${basename(file)} is not on this worker`,
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
