import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { request } from 'undici';
import type { NamedImageSpec } from '../src/clusters/cluster-spec.ts';
import type { StepResults } from '../src/clusters/steps.ts';
import { DeployError } from '../src/errors.ts';
import { createImage, deleteImage, findImage, getImage, uploadImage } from '../src/openstack/glance/images.ts';
import type { Run } from './run.ts';

/** Makes sure that the image is in Glance: by its id, by its name, or made from the file or URL that the cluster gives. */
export async function image(run: Run): Promise<StepResults['image']> {
  const { openstack, deployment, signal } = run;
  const wanted = deployment.spec.image;
  if ('id' in wanted) {
    const found = await getImage(openstack.glance, wanted.id, signal);
    return { id: found.id, name: found.name, uploaded: false };
  }
  const existing = await findImage(openstack.glance, wanted.name, {}, signal);
  if (existing?.status === 'active') return { id: existing.id, name: existing.name, uploaded: false };
  return { id: await upload(run, wanted), name: wanted.name, uploaded: true };
}

async function upload({ openstack, step, signal }: Run, source: NamedImageSpec): Promise<string> {
  const { name, format } = source;
  const { open, size } = await openSource(source, signal);
  await step.checkpoint();
  const created = await createImage(openstack.glance, { name, diskFormat: format, containerFormat: 'bare' }, signal);
  try {
    const content = () => {
      let sent = 0;
      return open().on('data', (chunk: Buffer) => {
        sent += chunk.length;
        step.tick({ text: `sending ${name} to Glance`, done: sent, ...(size !== undefined && { total: size }) });
      });
    };
    await uploadImage(
      openstack.glance,
      created.id,
      { content, ...(size !== undefined && { size }), ...(source.sha512 && { sha512: source.sha512 }) },
      signal,
    );
    return created.id;
  } catch (error) {
    // A broken upload leaves a queued image of that name behind, which the next attempt would have to tell apart.
    await deleteImage(openstack.glance, created.id).catch(() => undefined);
    throw error;
  }
}

interface OpenSource {
  open(): Readable;
  readonly size: number | undefined;
}

async function openSource(source: NamedImageSpec, signal: AbortSignal): Promise<OpenSource> {
  const { name } = source;
  if (source.file !== undefined) {
    const { file } = source;
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) throw missing(name, `the file ${file} is not on this worker`);
    return { open: () => createReadStream(file), size: found.size };
  }
  if (source.url === undefined) throw missing(name, 'clusters.yaml gives neither a file nor a url to make it from');
  const { statusCode, headers, body } = await request(source.url, { signal, headersTimeout: 60_000 });
  if (statusCode !== 200) {
    body.destroy();
    throw missing(name, `downloading it answered ${statusCode}`, statusCode >= 500);
  }
  const length = Number(headers['content-length']);
  return { open: () => body, size: Number.isSafeInteger(length) && length > 0 ? length : undefined };
}

function missing(name: string, reason: string, retryable = false): DeployError {
  return new DeployError('image_missing', `There is no image ${name} in Glance, and ${reason}`, {
    hint: 'Upload it, or give the cluster an image with a file, or a url and its sha512',
    retryable,
  });
}
