import type { ToolFacts } from './builder-tools.ts';
import type { DockerFacts } from './docker-facts.ts';
import type { BuilderFacts, DiskFacts } from './examine-builder.ts';

/** What a build needs of its worker. */
export interface BuilderNeeds {
  readonly docker: boolean;
  readonly diskBytes: number;
  readonly memoryBytes: number;
  /** What is to be built; a version tells whether rsync is needed. */
  readonly ref?: string;
}

/** One thing of a build worker, and how it is. */
export interface BuilderFinding {
  readonly level: 'ok' | 'warning' | 'problem';
  readonly label: string;
  readonly text: string;
  /** What to change, as a sentence. */
  readonly hint?: string;
}

/** What Kubernetes itself needs: its history, checkout, Go's cache and tarballs; and what its README asks of a machine. */
export const defaultNeeds: BuilderNeeds = { docker: true, diskBytes: 20e9, memoryBytes: 8e9 };

/**
 * A machine that is sold with 8 GB shows less: firmware, the kernel and the memory that it keeps for a crash take 2 to 6
 * per cent, so that 8e9 bytes show as 7.5e9 to 7.8e9.
 */
const shownMemory = 0.93;

/** Besides what is built, the engine stores the images in which it is built: kube-cross and the base images. */
const enginePart = 0.5;

/** Before, git has no `fetch --no-write-fetch-head`. */
const oldestGit = [2, 29] as const;

/** What of a build worker stands in the way of a build and what does not, in words for people. Never empty. */
export function builderProblems(facts: BuilderFacts, needs: BuilderNeeds): BuilderFinding[] {
  return [
    ...(needs.docker ? dockerFindings(facts) : []),
    toolFinding('GNU tar', facts.tar, 'Install GNU tar: apt-get install tar, or brew install gnu-tar'),
    toolFinding('make', facts.make, 'Install GNU make: apt-get install make'),
    gitFinding(facts.git),
    ...(needs.docker ? [rsyncFinding(facts.rsync, needs.ref)] : []),
    diskFinding('Disk', facts.disk, needs.diskBytes),
    ...(needs.docker && facts.engineDisk !== undefined
      ? [diskFinding('Docker’s disk', facts.engineDisk, needs.diskBytes * enginePart)]
      : []),
    memoryFinding(facts, needs),
  ];
}

function dockerFindings({ docker, host, disk }: BuilderFacts): BuilderFinding[] {
  const { clientVersion, engine, endpoint } = docker;
  if (clientVersion === undefined) {
    return [problem('Docker', docker.why ?? 'not installed', 'Install Docker’s command line and buildx on the worker')];
  }
  if (engine === undefined) return [noEngine(docker), buildxFinding(docker)];
  const kind = engine.rootless ? ', rootless' : '';
  const place = engine.host === host ? '' : ` on ${engine.host}`;
  const text = `client ${clientVersion}, engine ${engine.version}${place}${kind}, ${engine.cores} cores`;
  return [
    engine.host === host ? ok('Docker', text) : elsewhere(text, disk?.directory ?? 'the folder of builds', endpoint),
    buildxFinding(docker),
  ];
}

function noEngine({ endpoint, why = 'no answer' }: DockerFacts): BuilderFinding {
  const hint =
    why === 'permission denied'
      ? 'Let the user of the worker into the group that the socket belongs to: usermod -aG docker USER, then start the worker again'
      : 'Start the engine (systemctl start docker), or set DOCKER_HOST to where it listens';
  return problem(
    'Docker',
    `the daemon does not answer${endpoint === undefined ? '' : ` at ${endpoint}`}: ${why}`,
    hint,
  );
}

/** Kubernetes' scripts mount the checkout by its path, which the engine looks up on its own machine. */
function elsewhere(text: string, directory: string, endpoint = ''): BuilderFinding {
  const shared = `Builds work only if ${directory} is the same folder there, at the same path`;
  return warning('Docker', text, endpoint.startsWith('unix://') ? shared : `${shared}; take an engine of this machine`);
}

function buildxFinding({ buildxVersion, buildxWhy = 'not installed' }: DockerFacts): BuilderFinding {
  if (buildxVersion !== undefined) return ok('buildx', buildxVersion);
  return problem(
    'buildx',
    buildxWhy,
    'Install Docker’s plugin: apt-get install docker-buildx-plugin (or docker-buildx)',
  );
}

function toolFinding(label: string, { command, version, why }: ToolFacts, hint: string): BuilderFinding {
  if (version !== undefined) return ok(label, label.endsWith(command) ? version : `${version}, as ${command}`);
  return problem(
    label,
    why === undefined ? 'not found' : `${why}${label.endsWith(command) ? '' : `: ${command}`}`,
    hint,
  );
}

function gitFinding(git: ToolFacts): BuilderFinding {
  const hint = `Install git ${oldestGit.join('.')} or later`;
  if (git.version === undefined) return toolFinding('git', git, hint);
  const [major = 0, minor = 0] = git.version.split('.').map(Number);
  const isOld = major < oldestGit[0] || (major === oldestGit[0] && minor < oldestGit[1]);
  return isOld ? problem('git', `${git.version} is too old`, hint) : ok('git', git.version);
}

/** Kubernetes' build takes files into and out of a container with rsync up to v1.34, and mounts the checkout since. */
function rsyncFinding({ version, why }: ToolFacts, ref = ''): BuilderFinding {
  if (version !== undefined) return ok('rsync', version);
  const minor = /^v1\.(\d+)/.exec(ref)?.[1];
  if (minor !== undefined && Number(minor) >= 35) return ok('rsync', `${why ?? 'not found'}, and not needed`);
  return warning(
    'rsync',
    why ?? 'not found',
    'Install rsync to build Kubernetes v1.34 and earlier; later ones do without',
  );
}

function diskFinding(label: string, disk: DiskFacts | undefined, neededBytes: number): BuilderFinding {
  if (disk === undefined) return problem(label, 'it does not answer', 'See whether the disk of the worker is mounted');
  const text = `${gigabytes(disk.freeBytes)} free at ${disk.directory}`;
  if (disk.freeBytes >= neededBytes) return ok(label, text);
  return problem(
    label,
    `${text}; a build needs ${gigabytes(neededBytes)}`,
    'Make room: docker system prune, or a larger disk',
  );
}

function memoryFinding({ memoryBytes, docker }: BuilderFacts, needs: BuilderNeeds): BuilderFinding {
  const text = `${gigabytes(memoryBytes)}${docker.engine === undefined ? '' : ' for Docker'}`;
  if (memoryBytes >= needs.memoryBytes * shownMemory) return ok('Memory', text);
  return problem(
    'Memory',
    `${text}; a build needs ${gigabytes(needs.memoryBytes)}`,
    'With less, the linker is killed in the middle of it (signal: killed); take a larger machine',
  );
}

/** In units of 1000, as disks and configuration have them; cut off, so that what is too little never looks enough. */
function gigabytes(bytes: number): string {
  const tenths = Math.floor(bytes / 1e8) / 10;
  return `${tenths} GB`;
}

function ok(label: string, text: string): BuilderFinding {
  return { level: 'ok', label, text };
}

function warning(label: string, text: string, hint: string): BuilderFinding {
  return { level: 'warning', label, text, hint };
}

function problem(label: string, text: string, hint: string): BuilderFinding {
  return { level: 'problem', label, text, hint };
}
