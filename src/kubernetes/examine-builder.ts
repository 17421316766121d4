import { stat, statfs } from 'node:fs/promises';
import { availableParallelism, hostname, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { examineTar, examineTool, type LookContext, lookWithinMs, type ToolFacts, tools } from './builder-tools.ts';
import { type DockerFacts, examineDocker } from './docker-facts.ts';
import { toolEnvironment } from './environment.ts';

export { builderProblems, defaultNeeds } from './builder-problems.ts';

/** Room on the disk that a folder is on. */
export interface DiskFacts {
  readonly directory: string;
  /** As much as a program without privileges may still write. */
  readonly freeBytes: number;
}

/** What a build worker has of what a build needs. */
export interface BuilderFacts {
  readonly host: string;
  /** Of the Docker engine's machine if there is an engine, since that is where things are compiled. */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly docker: DockerFacts;
  readonly tar: ToolFacts;
  readonly make: ToolFacts;
  readonly git: ToolFacts;
  readonly rsync: ToolFacts;
  /** Where builds are; undefined when the disk does not answer. */
  readonly disk: DiskFacts | undefined;
  /** Where the engine keeps its images, if that is another disk of this machine. */
  readonly engineDisk: DiskFacts | undefined;
}

export interface ExamineOptions {
  /** The worker's environment: its PATH, and where Docker is. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where builds are kept; need not exist yet. */
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at everything that a build needs of this machine, side by side, each within ten seconds. Changes nothing, and
 * throws nothing but the signal's reason: what is missing is a fact.
 */
export async function examineBuilder({ environment, directory, signal }: ExamineOptions): Promise<BuilderFacts> {
  const context: LookContext = { env: toolEnvironment(environment), signal };
  const [docker, tar, make, git, rsync, disk] = await Promise.all([
    examineDocker(context),
    examineTar(context),
    examineTool(tools.make, context),
    examineTool(tools.git, context),
    examineTool(tools.rsync, context),
    examineDisk(directory),
  ]);
  const engineDisk = await examineEngineDisk(docker, disk);
  signal?.throwIfAborted();
  return {
    host: hostname(),
    cores: docker.engine?.cores ?? availableParallelism(),
    memoryBytes: docker.engine?.memoryBytes ?? totalmem(),
    docker,
    tar,
    make,
    git,
    rsync,
    disk: disk && { directory: disk.directory, freeBytes: disk.freeBytes },
    engineDisk,
  };
}

async function examineEngineDisk(docker: DockerFacts, disk: Disk | undefined): Promise<DiskFacts | undefined> {
  const { engine } = docker;
  if (engine === undefined || !isHere(docker)) return undefined;
  const found = await examineDisk(engine.rootDirectory);
  if (found === undefined || found.device === disk?.device) return undefined;
  return { directory: engine.rootDirectory, freeBytes: found.freeBytes };
}

/** Whether the engine runs on this machine, outside of any container: it then sees the same files. */
function isHere({ engine, endpoint = '' }: DockerFacts): boolean {
  return engine?.host === hostname() && endpoint.startsWith('unix://');
}

interface Disk extends DiskFacts {
  readonly device: number;
}

/** The disk that a folder is on, or will be on. */
async function examineDisk(directory: string): Promise<Disk | undefined> {
  return inTime(async () => {
    const existing = await nearestFolder(resolve(directory));
    const [{ bavail, bsize }, { dev }] = await Promise.all([statfs(existing), stat(existing)]);
    return { directory, freeBytes: bavail * bsize, device: dev };
  });
}

async function nearestFolder(directory: string): Promise<string> {
  const found = await stat(directory).catch(() => undefined);
  return found !== undefined || dirname(directory) === directory ? directory : nearestFolder(dirname(directory));
}

/** A disk on the network that is gone answers nothing, for ever. */
async function inTime<T>(action: () => Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), lookWithinMs);
  });
  return Promise.race([action().catch(() => undefined), late]).finally(() => clearTimeout(timer));
}
