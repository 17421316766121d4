import {
  type ArtifactManifest,
  type ArtifactRecipe,
  artifactId,
  recipeOf,
  serverTarball,
} from '../src/clusters/artifact.ts';
import type { BuildResult } from '../src/clusters/steps.ts';
import { Lease } from '../src/store/lease.ts';
import { findArtifact, putArtifactManifest } from './release/artifact-store.ts';
import { commitOf } from './release/commit-of.ts';
import { makeArtifact } from './release/make-artifact.ts';
import type { Making } from './release/making.ts';
import { releasesMutex } from './release/releases-mutex.ts';
import { tellOnce } from './release/tell-once.ts';
import { isFresh } from './release/touch.ts';
import { underLease } from './release/under-lease.ts';
import { type Again, isAgain, type Run } from './run.ts';

/** Seconds until the next look at what another deployment is making. */
const busySeconds = 3;

/**
 * Makes sure that the Kubernetes of the deployment is in Swift: found there, built from source on this worker, or taken
 * from where it is published. Of several deployments that need the same one makes it; the others come back later, share
 * its result, and take over if it dies.
 */
export async function build(run: Run): Promise<BuildResult | Again> {
  const recipe = await recipeFor(run);
  const id = artifactId(recipe);
  const outcome = (await choose(run, id, run.signal)) ?? (await makeOrShare(run, id, recipe));
  return isAgain(outcome) ? outcome : resultFrom(outcome, run);
}

async function recipeFor(run: Run): Promise<ArtifactRecipe> {
  const { kubernetes } = run.deployment.spec;
  const commit = kubernetes.source === 'build' ? await commitOf(run, kubernetes) : undefined;
  const recipe = recipeOf(kubernetes, commit);
  if (recipe === undefined) throw new TypeError('a commit makes a recipe');
  return recipe;
}

/** The artifact, if Swift has it whole; noted as used, so that nobody removes it. */
async function choose(run: Run, id: string, signal: AbortSignal): Promise<ArtifactManifest | undefined> {
  const { tools, log } = run;
  const { swift } = run.openstack;
  const found = await findArtifact(swift, id, signal, log);
  if (found === undefined || isFresh(found.usedAt, tools.keepReleasesMs, Date.now())) return found;
  // Somebody may be about to remove it.
  return tools.mutex.run(await releasesMutex(swift, signal), signal, async (inside) => {
    const still = await findArtifact(swift, id, inside, log);
    if (still !== undefined) await putArtifactManifest(swift, { ...still, usedAt: Date.now() }, inside);
    return still;
  });
}

/** One at a time for each artifact and Swift, whatever the cloud is called. */
async function makeOrShare(run: Run, id: string, recipe: ArtifactRecipe): Promise<ArtifactManifest | Again> {
  const { deployment, openstack, tools, step, signal } = run;
  const name = `artifact:${await openstack.swift.endpoint(signal)}:${id}`;
  const lease = await tools.mutex.lease(name, { owner: deployment.id, attempt: step.attempt });
  if (!(lease instanceof Lease)) return share(run, lease.heldBy);
  return underLease(lease, run, signal, (inside) => makeUnless({ run, id, recipe, signal: inside }));
}

/** Whoever had the lease before may have made it since the first look. */
async function makeUnless(making: Making): Promise<ArtifactManifest | Again> {
  return (await choose(making.run, making.id, making.signal)) ?? (await makeArtifact(making));
}

async function share(run: Run, maker: string): Promise<Again> {
  const { kubernetes } = run.deployment.spec;
  const same = kubernetes.source === 'build' ? 'builds the same commit' : 'fetches the same release';
  const other = await run.tools.deployments.find(maker);
  const progress = other?.steps.build?.progress?.text;
  const text = `${maker} ${same}; sharing its result`;
  await tellOnce(run, 'build', progress === undefined ? text : `${text} (${progress})`);
  return run.step.again({ afterSeconds: busySeconds });
}

function resultFrom({ id, recipe, version, deployment, files, stages }: ArtifactManifest, run: Run): BuildResult {
  const file = files.find(({ name }) => name === serverTarball(recipe.platform));
  if (file === undefined) throw new TypeError(`the manifest of ${id} was read without its tarball`);
  const { name, object, size, sha256 } = file;
  // An attempt that died after its last write has made it, too.
  const made = deployment === run.deployment.id;
  return {
    version,
    ...(recipe.source === 'build' && { commit: recipe.commit }),
    artifact: id,
    made,
    object: { kind: 'kubernetes', name, object, size, sha256 },
    ...(made && stages.length > 0 && { stages }),
  };
}
