import { basename, join } from 'node:path';
import { serverTarball } from '../src/clusters/artifact.ts';
import type { ReleasedKubernetes } from '../src/clusters/cluster-spec.ts';
import { DeployError, UsageError } from '../src/errors.ts';
import { proxyFor } from '../src/openstack/proxy.ts';
import type { Subject } from './download/download-error.ts';
import { type FetchedFile, type FetchFileOptions, fetchFile } from './download/fetch-file.ts';
import { fetchText } from './download/fetch-text.ts';

/** Which tarball, of which mirror. */
export type PublishedRelease = Pick<ReleasedKubernetes, 'version' | 'platform' | 'mirror' | 'sha512'>;

type Surroundings = Pick<FetchFileOptions, 'environment' | 'signal' | 'idleMs'>;

export interface PublishedSha512Options extends PublishedRelease, Surroundings {
  /** How long the mirror may take; 15 seconds unless told. */
  readonly deadlineMs?: number;
}

export interface OfficialReleaseOptions
  extends PublishedRelease,
    Surroundings,
    Pick<FetchFileOptions, 'onProgress' | 'waitsMs'> {
  /** A folder for the tarball of this version, and what has come of it. */
  readonly directory: string;
}

/** The server tarball of a published version, on this worker. */
export interface OfficialRelease extends FetchedFile {
  readonly version: string;
  /** kubernetes-server-linux-amd64.tar.gz. */
  readonly name: string;
}

const setting = 'kubernetes.mirror';
const defaultDeadlineMs = 15_000;

/** A digest and a long name. */
const mostDigestBytes = 1_024;

/** Four times the largest of today. */
const mostTarballBytes = 2 * 2 ** 30;

/** What Kubernetes' authors call their versions; also what dl.k8s.io redirects below /release (k8s.io/apps/k8s-io/configmap-nginx.yaml). */
const published = /^v(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})(-(alpha|beta|rc)\.\d{1,6})?$/;

/**
 * Brings the server tarball of a published version here, unless it is here already, and checks it: against the digest in
 * clusters.yaml, else against the one that the mirror has beside it. It lies where dl.k8s.io and its copies have it,
 * `MIRROR/VERSION/kubernetes-server-OS-ARCH.tar.gz`.
 *
 * @throws UsageError for a version that cannot be a published one; DeployError `release_missing` when the mirror does not
 * have it, `mirror_not_trusted` when nothing would vouch for the tarball, and what fetchFile throws.
 */
export async function officialRelease(options: OfficialReleaseOptions): Promise<OfficialRelease> {
  const { version, platform, directory, environment, signal, idleMs, onProgress, waitsMs } = options;
  const sha512 = options.sha512 ?? (await publishedSha512({ ...options, deadlineMs: defaultDeadlineMs }));
  const name = serverTarball(platform);
  const url = addressOf(options, name);
  const fetched = await fetchFile({
    ...{ url, sha512, environment, signal, idleMs, onProgress, waitsMs },
    path: join(directory, name),
    what: `Kubernetes ${version}`,
    setting,
    mostBytes: mostTarballBytes,
  }).catch((error: unknown) => {
    throw explained(error, options);
  });
  return { version, name, ...fetched };
}

/**
 * The SHA-512 that a mirror has beside the server tarball of a version: one small GET. The file has the digest alone, or
 * the digest and the name as sha512sum writes them.
 *
 * A digest from the same place tells a broken download from a whole one, and a wrong one only if nobody can change both
 * on their way. So the mirror has to be https; or on this very machine, with no proxy on the way. An address of a private
 * network is no exception: others are in it too. With `sha512` in clusters.yaml any mirror will do, and this is not asked.
 *
 * @throws as officialRelease does; also DeployError `download` when what is there is no digest.
 */
export async function publishedSha512(options: PublishedSha512Options): Promise<string> {
  const { version, platform, mirror, environment, signal, idleMs, deadlineMs = defaultDeadlineMs } = options;
  const name = serverTarball(platform);
  const url = addressOf(options, `${name}.sha512`);
  assertTrusted(options);
  const subject: Subject = { what: `the digest of Kubernetes ${version}`, setting, code: 'download' };
  const limits = { mostBytes: mostDigestBytes, deadlineMs };
  const text = await fetchText({ ...subject, ...limits, url, environment, signal, idleMs }).catch((error: unknown) => {
    throw explained(error, options);
  });
  const digest = parseSha512(text, name);
  if (digest !== undefined) return digest;
  throw new DeployError('download', `What ${hostOf(mirror)} has as the digest of Kubernetes ${version} is no SHA-512`, {
    hint: `Check ${setting} in clusters.yaml: a page for people may be there instead`,
    detail: { url },
  });
}

/** The digest in the content of a `.sha512` file; undefined when it is not one, or not one of that file. */
export function parseSha512(text: string, name: string): string | undefined {
  const [, digest, named = name] = /^([0-9a-f]{128})(?: [ *](\S{1,500}))?\r?\n?$/i.exec(text) ?? [];
  return basename(named) === name ? digest?.toLowerCase() : undefined;
}

/** Throws a UsageError for what cannot be part of such an address. */
function addressOf({ version, platform, mirror }: PublishedRelease, name: string): string {
  if (!published.test(version)) {
    throw new UsageError(`"${version.slice(0, 60)}" cannot be a published version of Kubernetes`, {
      hint: 'Name one such as v1.34.2, or have it built: source: build',
    });
  }
  if (!/^linux\/[a-z0-9]{1,20}$/.test(platform)) {
    throw new UsageError(`"${platform.slice(0, 60)}" cannot be the platform of a server`, {
      hint: 'Set kubernetes.platform in clusters.yaml to linux/amd64, linux/arm64, linux/ppc64le or linux/s390x',
    });
  }
  const url = new URL(mirror);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${version}/${name}`;
  return url.href;
}

function assertTrusted({ version, mirror, environment }: PublishedSha512Options): void {
  const url = new URL(mirror);
  if (url.protocol === 'https:' || (isThisMachine(url) && proxyFor(url, environment) === undefined)) return;
  throw new DeployError(
    'mirror_not_trusted',
    `Kubernetes ${version} is not taken from ${url.host} as it is: without https, whoever changes the tarball on its way can change its digest as well`,
    { hint: `Set ${setting} in clusters.yaml to an https address, or set kubernetes.sha512 beside it` },
  );
}

function isThisMachine({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Some object stores answer 403 of what they do not have, so as not to tell what they have. */
function explained(error: unknown, { version, platform, mirror }: PublishedRelease): unknown {
  if (!(error instanceof DeployError)) return error;
  const { status } = error.detail;
  const host = hostOf(mirror);
  const options = { cause: error, detail: error.detail };
  if (status === 404 || status === 410) {
    return new DeployError('release_missing', `The mirror ${host} has no Kubernetes ${version} for ${platform}`, {
      ...options,
      hint: `Name a published version (kubernetes.io/releases), or check ${setting} in clusters.yaml`,
    });
  }
  if (status !== 403) return error;
  return new DeployError('release_missing', `${error.message}, which may mean that it has no ${version}`, {
    ...options,
    hint: `See whether that version is published for ${platform}, and check ${setting} in clusters.yaml`,
  });
}

function hostOf(mirror: string): string {
  return new URL(mirror).host;
}
