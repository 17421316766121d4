import { z } from 'zod';
import { type ArtifactManifest, artifactId, serverTarball } from '../../src/clusters/artifact.ts';
import type { Platform } from '../../src/clusters/cluster-spec.ts';
import { artifactFileObject } from '../../src/clusters/names.ts';
import { type ReleaseManifest, releaseId } from '../../src/clusters/release.ts';

/**
 * What lies in Swift has been in other hands: each manifest is read as if a stranger had written it, and whatever does
 * not hold together counts as not there.
 */
const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const time = z.number().int().nonnegative();
const size = z.number().int().nonnegative();
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);
const objectName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+/-]{0,499}$/);
const version = z.string().regex(/^v[0-9A-Za-z._+-]{1,127}$/);
const platform = z
  .string()
  .regex(/^linux\/[a-z0-9]+$/)
  .transform((text) => text as Platform);

const recipe = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('build'),
    commit: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/),
    platform,
    target: z.string(),
    variables: z.record(z.string(), z.string()),
  }),
  z.strictObject({
    source: z.literal('release'),
    version,
    platform,
    mirror: z.string(),
    sha512: hex(128).exactOptional(),
  }),
]);

const storedFile = z.object({ name: fileName, object: objectName, size, sha256: hex(64), md5: hex(32) });

const artifactManifest = z
  .object({
    id: z.string(),
    recipe,
    version,
    madeAt: time,
    usedAt: time,
    deployment: z.string(),
    stages: z.array(z.object({ stage: z.string(), ms: z.number().nonnegative() })),
    files: z.array(storedFile),
    log: z.string().exactOptional(),
  })
  .refine((manifest) => manifest.id === artifactId(manifest.recipe), 'the recipe is another artifact’s')
  .refine(
    ({ id, files }) => files.every(({ name, object, sha256 }) => object === artifactFileObject(id, sha256, name)),
    'a stray file',
  )
  .refine(
    (manifest) => manifest.files.some(({ name }) => name === serverTarball(manifest.recipe.platform)),
    'no tarball',
  );

const releaseObject = z.object({
  kind: z.enum(['kubernetes', 'states', 'salt', 'file']),
  name: fileName,
  object: objectName,
  size,
  sha256: hex(64),
});

const releaseManifest = z
  .object({ id: z.string(), version, artifact: z.string(), usedAt: time, objects: z.array(releaseObject) })
  .refine(({ id, version: named, objects }) => id === releaseId(named, objects), 'the objects are another release’s');

/** The manifest in a text, or why it is none. */
export type Parsed<Manifest> = { readonly manifest: Manifest } | { readonly problem: string };

/** Reads an artifact's manifest. It is whole in itself, and of that very artifact. */
export function parseArtifactManifest(text: string, id: string): Parsed<ArtifactManifest> {
  return ofId(parse(artifactManifest, text), id);
}

/** Reads a release's manifest. It is whole in itself, and of that very release. */
export function parseReleaseManifest(text: string, id: string): Parsed<ReleaseManifest> {
  return ofId(parse(releaseManifest, text), id);
}

function parse<Manifest>(schema: z.ZodType<Manifest>, text: string): Parsed<Manifest> {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? { manifest: parsed.data } : { problem: z.prettifyError(parsed.error).slice(0, 500) };
  } catch {
    return { problem: 'it is no JSON' };
  }
}

function ofId<Manifest extends { readonly id: string }>(parsed: Parsed<Manifest>, id: string): Parsed<Manifest> {
  if ('problem' in parsed || parsed.manifest.id === id) return parsed;
  return { problem: 'it is the manifest of another' };
}
