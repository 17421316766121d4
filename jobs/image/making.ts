import type { NamedImageSpec } from '../../src/clusters/cluster-spec.ts';
import { imageDigestProperty } from '../../src/clusters/names.ts';
import type { StepResults } from '../../src/clusters/steps.ts';
import { OpenStackError } from '../../src/errors.ts';
import type { Image } from '../../src/openstack/glance/image.ts';
import { setImageProperty } from '../../src/openstack/glance/images.ts';
import type { Run } from '../run.ts';

export type ImageResult = StepResults['image'];

/** An image that is being made, by the only deployment that makes it at this time. */
export interface Making {
  readonly run: Run;
  readonly wanted: NamedImageSpec;
  /** Fires with the run's own signal, and when somebody else has begun to make the image. */
  readonly signal: AbortSignal;
}

/** Records what the step is doing, and, where it matters to the next look, how. Says nothing twice. */
export async function tell({ step, deployment }: Run, text: string, marker?: string): Promise<void> {
  const current = deployment.steps.image;
  const known = current?.progress?.text === text && (marker === undefined || current.marker === marker);
  if (!known) await step.report({ text }, marker === undefined ? {} : { marker });
}

/** Ends the step with an image of this deployment's own, whose whole content was seen to have that SHA-512. */
export async function finishImage(run: Run, image: Image, sha512: string, signal: AbortSignal): Promise<ImageResult> {
  const { id, name } = image;
  if (image.properties[imageDigestProperty] !== sha512) await noteDigest(run, id, sha512, signal);
  return { id, name, uploaded: true };
}

/** Without the note an image of ours counts as not checked, for clusters that ask for it by its name alone. */
async function noteDigest({ openstack, log }: Run, id: string, value: string, signal: AbortSignal): Promise<void> {
  try {
    await setImageProperty(openstack.glance, id, { name: imageDigestProperty, value }, signal);
  } catch (error) {
    // Clouds may keep their users from properties. Where they keep SHA-512 themselves, little is lost.
    if (!(error instanceof OpenStackError) || error.retryable) throw error;
    log.warn({ err: error, image: id }, 'the digest of an image could not be noted on it');
  }
}
