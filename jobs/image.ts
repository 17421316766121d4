import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Agent, interceptors, request } from 'undici';
import type { NamedImageSpec } from '../src/clusters/cluster-spec.ts';
import type { StepResults } from '../src/clusters/steps.ts';
import { DeployError } from '../src/errors.ts';
import {
  createImage,
  deleteImage,
  findImage,
  getImage,
  listImages,
  uploadImage,
} from '../src/openstack/glance/images.ts';
import type { Run } from './run.ts';

/** Mirrors of images send their visitors on. */
const downloads = new Agent().compose(interceptors.redirect({ maxRedirections: 5 }));

/** Makes sure that the image is in Glance: by its id, by its name, or made from the file or URL that the cluster gives. */
export async function image(run: Run): Promise<StepResults['image']> {
  const { openstack, deployment, signal } = run;
  const wanted = deployment.spec.image;
  if ('id' in wanted) {
    const found = await getImage(openstack.glance, wanted.id, signal);
    return { id: found.id, name: found.name, uploaded: false };
  }
  const digest = wanted.sha512 === undefined ? {} : { checksum: wanted.sha512 };
  const existing = await findImage(openstack.glance, wanted.name, digest, signal);
  if (existing?.status === 'active') return { id: existing.id, name: existing.name, uploaded: false };
  return { id: await upload(run, wanted), name: wanted.name, uploaded: true };
}

async function upload({ openstack, deployment, step, signal }: Run, source: NamedImageSpec): Promise<string> {
  const { name, format } = source;
  const { open, size } = await findSource(source);
  const ownTag = `slipway-${deployment.id}`;
  await step.checkpoint();
  await removeLeftovers({ openstack, signal }, name, ownTag);
  const options = { name, diskFormat: format, containerFormat: 'bare', tags: [ownTag] };
  const created = await createImage(openstack.glance, options, signal);
  try {
    const content = () => {
      let sent = 0;
      return open(signal).on('data', (chunk: Buffer) => {
        sent += chunk.length;
        step.tick({ text: `sending ${name} to Glance`, done: sent, ...(size !== undefined && { total: size }) });
      });
    };
    const expected = { ...(size !== undefined && { size }), ...(source.sha512 && { sha512: source.sha512 }) };
    await uploadImage(openstack.glance, created.id, { content, ...expected }, signal);
    return created.id;
  } catch (error) {
    // Without its content it would be taken for an upload under way.
    await deleteImage(openstack.glance, created.id).catch(() => undefined);
    throw error;
  }
}

/** An earlier attempt of this deployment that was killed left an image without content. */
async function removeLeftovers({ openstack, signal }: Pick<Run, 'openstack' | 'signal'>, name: string, ownTag: string) {
  const images = await listImages(openstack.glance, { name }, signal);
  for (const { id, status, tags } of images) {
    if (status !== 'active' && tags.includes(ownTag)) await deleteImage(openstack.glance, id, signal);
  }
}

interface Source {
  /** Begins the content anew, each time that it is called. */
  open(signal: AbortSignal): Readable;
  readonly size: number | undefined;
}

async function findSource({ name, file, url }: NamedImageSpec): Promise<Source> {
  if (file !== undefined) {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) throw missing(name, `the file ${file} is not on this worker`);
    return { open: () => createReadStream(file), size: found.size };
  }
  if (url === undefined) throw missing(name, 'clusters.yaml gives neither a file nor a url to make it from');
  return { open: (signal) => Readable.from(download(name, url, signal), { objectMode: false }), size: undefined };
}

async function* download(name: string, url: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const { statusCode, body } = await request(url, { dispatcher: downloads, signal, headersTimeout: 60_000 });
  if (statusCode !== 200) {
    await body.dump();
    throw missing(name, `downloading it answered ${statusCode}`, statusCode >= 500);
  }
  yield* body;
}

function missing(name: string, reason: string, retryable = false): DeployError {
  return new DeployError('image_missing', `There is no image ${name} in Glance, and ${reason}`, {
    hint: 'Upload it, or give the cluster an image with a file, or a url and its sha512',
    retryable,
  });
}
