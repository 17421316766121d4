import { resolve } from 'node:path';
import { z } from 'zod';
import type { KubernetesSpec, Platform } from '../clusters/cluster-spec.ts';
import { UsageError } from '../errors.ts';
import { makeVariableProblem } from '../kubernetes/make-variables.ts';
import { checkRef, checkRepository, hashOf, pullRequestOf } from '../kubernetes/ref.ts';
import { duration } from './duration.ts';
import { sha512 } from './fetched-file.ts';
import { namesOf } from './names-of.ts';
import { parseSize } from './size.ts';
import { isWithoutUser } from './url-secrets.ts';

const aSize = 'expected a size such as 20GB or 512MiB';
const size = z.string(aSize).transform((text, context) => {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: 'custom', message: aSize });
  return z.NEVER;
});

/** A text that a check lets through; what it throws is told as a problem of the key. */
function checked(check: (text: string) => void) {
  return z.string().superRefine((text, context) => {
    try {
      check(text);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });
}

/** The platforms that Kubernetes' build knows for servers (hack/lib/golang.sh). */
const platforms = ['linux/amd64', 'linux/arm64', 'linux/ppc64le', 'linux/s390x'] as const satisfies Platform[];
const platform = z.enum(platforms, `expected one of ${platforms.join(', ')}`).default('linux/amd64');

const hourMs = 3_600_000;

/** What one compile of Kubernetes takes; see docs/kubernetes-build.md. */
const usualNeeds = { docker: true, disk: 20e9, memory: 8e9 };

const built = z.strictObject(
  {
    version: checked(checkRef),
    source: z.literal('build'),
    platform,
    repository: checked((text) => isRelativePath(text) || checkRepository(text)).default(
      'https://github.com/kubernetes/kubernetes.git',
    ),
    target: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, 'expected a make target such as quick-release')
      .default('quick-release'),
    variables: z.record(z.string(), z.string()).superRefine(checkVariables).default({}),
    needs: z
      .strictObject({
        docker: z.boolean().default(usualNeeds.docker),
        disk: size.default(usualNeeds.disk),
        memory: size.default(usualNeeds.memory),
      })
      .default(usualNeeds),
    within: duration.default(6 * hourMs),
    silence: duration.default(hourMs),
  },
  { error: keysOfTheOther('build') },
);

/** Most often the keys of one source stand under the other. */
function keysOfTheOther(source: KubernetesSpec['source']) {
  return (issue: z.core.$ZodRawIssue) =>
    issue.code === 'unrecognized_keys' ? `there is no key ${namesOf(issue.keys)} with source: ${source}` : undefined;
}

/** What make does not get, each with its reason. */
function checkVariables(variables: Readonly<Record<string, string>>, context: z.RefinementCtx): void {
  for (const [name, value] of Object.entries(variables)) {
    const problem = makeVariableProblem(name, value);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem });
  }
}

const publishedShape = /^v\d+\.\d+\.\d+(-(alpha|beta|rc)\.\d+)?$/;
const aPublishedVersion = 'expected a published version such as v1.34.2';

/** Refuses what clusters.yaml does not take as a version of this source. @throws UsageError that says why. */
export function checkVersion(source: KubernetesSpec['source'], version: string): void {
  if (source === 'build') checkRef(version);
  else if (!publishedShape.test(version)) throw unpublished(version);
}

/**
 * True for a version whose code may be anybody's: a pull request, and a commit by its hash, since servers such as GitHub
 * give out those of forks as well. Tags and branches come from whoever may push to the repository.
 */
export function isAnybodysCode(version: string): boolean {
  return pullRequestOf(version) !== undefined || hashOf(version) !== undefined;
}

function unpublished(version: string): UsageError {
  return new UsageError(`${JSON.stringify(version.slice(0, 60))} is no version that was published`, {
    hint: 'Name one such as v1.34.2',
  });
}

const released = z
  .strictObject(
    {
      version: z.string().regex(publishedShape, aPublishedVersion),
      source: z.literal('release'),
      platform,
      mirror: z
        .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
        .refine(isWithoutUser, 'a mirror’s URL may hold no user and no password: it would be kept in Redis')
        .default('https://dl.k8s.io'),
      sha512: sha512.optional(),
    },
    { error: keysOfTheOther('release') },
  )
  .refine(({ mirror, sha512 }) => sha512 !== undefined || mirror.startsWith('https:'), {
    path: ['sha512'],
    message: 'an http mirror needs the tarball’s sha512: who can change the one can change the other on its way',
  });

/** The key `kubernetes` of a cluster. Without a source it is built. */
export const kubernetes = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !('source' in value) ? { source: 'build', ...value } : value,
  z.discriminatedUnion('source', [built, released], 'expected build or release'),
);

/** What was parsed, with absolute paths and plain names. */
export function toKubernetes(parsed: z.infer<typeof kubernetes>, folder: string): KubernetesSpec {
  if (parsed.source === 'release') {
    const { sha512: digest, ...rest } = parsed;
    return { ...rest, ...(digest && { sha512: digest }) };
  }
  const { needs, within, silence, repository, ...rest } = parsed;
  return {
    ...rest,
    repository: isRelativePath(repository) ? resolve(folder, repository) : repository,
    needs: { docker: needs.docker, diskBytes: needs.disk, memoryBytes: needs.memory },
    withinMs: within,
    silenceMs: silence,
  };
}

function isRelativePath(repository: string): boolean {
  return repository.startsWith('./') || repository.startsWith('../');
}
