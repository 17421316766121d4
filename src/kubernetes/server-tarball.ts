import { access, link, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BuildFailedError } from '../errors.ts';
import { ProcessError, type ProcessOptions, runProcess } from './process.ts';
import { serverTarballName } from './release-key.ts';

/** A finished build, and how to run programs on it. */
export interface FinishedBuild {
  /** The checkout that was built in. */
  readonly tree: string;
  /** linux/amd64. */
  readonly platform: string;
  /** As the start of a sentence: `Building Kubernetes v1.34.2`. */
  readonly doing: string;
  readonly target: string;
  /** GNU tar, as it is called on this machine. */
  readonly tar: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Values that must show nowhere. */
  readonly secrets: readonly string[];
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Where the programs and images are in the tarball (build/lib/release.sh: package_server_tarballs). */
const binFolder = 'kubernetes/server/bin';
/** What a machine cannot become a node without. */
const needed = ['kubeadm', 'kubectl', 'kubelet'];
/** What else of the programs the tarball of a whole release holds (hack/lib/golang.sh: server targets). */
const others = [
  'apiextensions-apiserver',
  'kube-aggregator',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-log-runner',
  'kube-proxy',
  'kube-scheduler',
  'kubectl-convert',
  'mounter',
];
const neededImages = ['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler'];

const packDeadlineMs = 30 * 60_000;
const lookDeadlineMs = 5 * 60_000;

/**
 * The server tarball that a build has left, or one with the same layout that is packed from what `quick-release-images`
 * leaves: images and programs.
 *
 * @throws BuildFailedError when neither is there, or something that nodes need is missing in it.
 */
export async function serverTarball(build: FinishedBuild): Promise<string> {
  const tarball = join(build.tree, '_output/release-tars', serverTarballName(build.platform));
  if (await exists(tarball)) {
    await checkTarball(build, tarball);
    return tarball;
  }
  const images = await namesIn(imagesFolder(build));
  if (images.some((name) => name.endsWith('.tar'))) return packTarball(build, tarball, images);
  throw failed(build, `make ${build.target} succeeded, but there is no _output/release-tars/${basename(tarball)}`, {
    hint: 'See whether this version is a Kubernetes tree; its targets are quick-release and quick-release-images',
  });
}

async function checkTarball(build: FinishedBuild, tarball: string): Promise<void> {
  const listing = run(build, build.tar, ['-tzf', tarball], { doing: `Reading ${basename(tarball)}`, quiet: true });
  const entries = await listing.catch((error: unknown) => {
    if (!(error instanceof ProcessError) || error.end !== 'status') throw error;
    throw failed(build, `its ${basename(tarball)} cannot be read`, { cause: error });
  });
  const names = new Set(entries.split('\n'));
  const missing = needed.filter((name) => !names.has(`${binFolder}/${name}`));
  if (missing.length === 0) return;
  throw failed(build, `its ${basename(tarball)} holds no ${missing.join(', no ')}`, {
    hint: 'Nodes install themselves from it; see whether the tree builds all of Kubernetes’ server programs',
  });
}

async function packTarball(build: FinishedBuild, tarball: string, images: readonly string[]): Promise<string> {
  const programs = await namesIn(programsFolder(build));
  checkParts(build, programs, images);

  const stage = join(build.tree, '_output/slipway-server');
  const bin = join(stage, binFolder);
  await mkdir(bin, { recursive: true });
  await mkdir(join(tarball, '..'), { recursive: true });
  for (const name of [...needed, ...others].filter((program) => programs.includes(program))) {
    await link(join(programsFolder(build), name), join(bin, name));
  }
  for (const image of images.filter((name) => name.endsWith('.tar'))) {
    await link(join(imagesFolder(build), image), join(bin, image));
    await writeFile(join(bin, image.replace(/tar$/, 'docker_tag')), `${await tagOf(build, image)}\n`);
  }

  // Order, owners, modes and times are fixed, so that the same commit gives the same bytes.
  const fixed = ['--format=gnu', '--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
  const time = `--mtime=@${await commitTime(build)}`;
  const command = ['--create', ...fixed, time, '--use-compress-program=gzip -n', `--file=${tarball}`];
  const doing = `Packing ${basename(tarball)}`;
  build.onLine(`packing ${basename(tarball)}`);
  await run(build, build.tar, [...command, `--directory=${stage}`, 'kubernetes'], { doing });
  return tarball;
}

function checkParts(build: FinishedBuild, programs: readonly string[], images: readonly string[]): void {
  const missing = needed.filter((name) => !programs.includes(name));
  if (missing.length > 0) {
    throw failed(build, `make ${build.target} left no ${missing.join(', no ')}, which nodes need`, {
      hint: 'Set the variable KUBE_EXTRA_WHAT to "cmd/kubeadm cmd/kubectl cmd/kubelet", or build the target quick-release',
    });
  }
  const lost = neededImages.filter((name) => !images.includes(`${name}.tar`));
  if (lost.length === 0) return;
  throw failed(build, `make ${build.target} left no image of ${lost.join(', none of ')}`, {
    hint: 'Control planes run them; see in the log of the build why they were left out',
  });
}

/** The tag of the image in a file, which nodes need to name it: `v1.34.2` of `registry.k8s.io/kube-proxy-amd64:v1.34.2`. */
async function tagOf(build: FinishedBuild, image: string): Promise<string> {
  const doing = `Reading the image ${image}`;
  const args = ['-xOf', join(imagesFolder(build), image), 'manifest.json'];
  const manifest = await run(build, build.tar, args, { doing, quiet: true });
  const tag = /"RepoTags":\s*\[\s*"[^"\s]+:([\w][\w.-]{0,127})"/.exec(manifest)?.[1];
  if (tag === undefined) throw failed(build, `the image in ${image} has no name`);
  return tag;
}

/** In seconds since the epoch. */
async function commitTime(build: FinishedBuild): Promise<number> {
  const args = ['-C', build.tree, 'log', '-1', '--format=%ct'];
  return Number(await run(build, 'git', args, { doing: 'Asking for the time of the commit', quiet: true }));
}

function run(
  { env, logFile, secrets, onLine, signal }: FinishedBuild,
  command: string,
  args: readonly string[],
  { doing, quiet = false }: { doing: string; quiet?: boolean },
): Promise<string> {
  const deadlineMs = quiet ? lookDeadlineMs : packDeadlineMs;
  const options: ProcessOptions = { command, args, doing, env, secrets, deadlineMs, signal };
  return runProcess(quiet ? options : { ...options, logFile, onLine });
}

function failed(
  { doing, logFile }: FinishedBuild,
  why: string,
  { hint, cause }: { hint?: string; cause?: unknown } = {},
): BuildFailedError {
  return new BuildFailedError(`${doing}: ${why}`, { ...(hint !== undefined && { hint }), detail: { logFile }, cause });
}

function imagesFolder({ tree, platform }: FinishedBuild): string {
  return join(tree, '_output/release-images', basename(platform));
}

function programsFolder({ tree, platform }: FinishedBuild): string {
  return join(tree, '_output/dockerized/bin', platform);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
