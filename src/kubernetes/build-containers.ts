import { setTimeout as sleep } from 'node:timers/promises';
import { docker } from './docker-engine.ts';
import { withEngine } from './environment.ts';
import { containerHashes, type RunningBuild } from './running-build.ts';

/** The builder that Kubernetes' scripts make for server images (build/lib/release.sh), and what BuildKit makes for it. */
const builder = 'img-builder';
const builderContainer = `buildx_buildkit_${builder}0`;
const builderVolume = `${builderContainer}_state`;
const isBuilder = `name=^/?${builderContainer}$`;

/** The longest that one question may take; a hanging engine must not keep a cancelled build from ending. */
const questionMs = 5_000;
const lookMs = 300;
/** An engine that is gone says so at once, and needs no patience. */
const mostUnanswered = 3;

/** How a container ended. */
export interface ContainerEnd {
  readonly exitCode: number;
  readonly oomKilled: boolean;
}

/** What of the engine belongs to one build, and the time that there is to remove it. */
export class BuildContainers {
  readonly #build: RunningBuild;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #until: number;

  /** `until` is in milliseconds since the epoch. Nothing here takes longer, whatever the engine does. */
  constructor(build: RunningBuild, environment: Readonly<Record<string, string | undefined>>, until: number) {
    this.#build = build;
    this.#environment = withEngine(environment, build.docker?.environment ?? {});
    this.#until = until;
  }

  /** How the container ended that compiled; undefined when it runs, or is gone: the scripts remove one that succeeded. */
  async compilerEnd(): Promise<ContainerEnd | undefined> {
    const names = containerHashes(this.#build).map((hash) => `name=^/?kube-build-${hash}-`);
    const [name] = (await this.#list([...names, 'status=exited'])) ?? [];
    if (name === undefined) return undefined;
    const answer = await this.#ask(['inspect', '--format', '{{.State.ExitCode}} {{.State.OOMKilled}}', name]);
    const [exitCode, oomKilled] = answer?.[0]?.split(' ') ?? [];
    return exitCode === undefined ? undefined : { exitCode: Number(exitCode), oomKilled: oomKilled === 'true' };
  }

  /** Removes the containers that are there now, running or not. */
  async removeOnce(): Promise<void> {
    await this.#removeThese(await this.#find());
  }

  /** Removes all containers, with the volumes that are theirs alone. Answers whether none is left. */
  removeAll(): Promise<boolean> {
    return this.#removeEach(() => this.#find());
  }

  /** Removes the builder, unless it was there before the build. Answers whether it is gone. */
  async removeBuilder(): Promise<boolean> {
    if (this.#build.docker?.builderExisted) return true;
    const gone = await this.#removeEach(() => this.#list([isBuilder]));
    await this.#ask(['buildx', 'rm', '--force', builder]);
    await this.#ask(['volume', 'rm', '--force', builderVolume]);
    return gone;
  }

  /** Whether the engine says that the build has left no builder; one that was there before is none of its own. */
  async hasNoBuilder(): Promise<boolean> {
    return this.#build.docker?.builderExisted === true || (await this.#list([isBuilder]))?.length === 0;
  }

  /** Removes the image that trees before v1.35 compile in. Others of the scripts have names that anybody may use. */
  async removeImages(): Promise<void> {
    const references = containerHashes(this.#build).map((hash) => `reference=kube-build:build-${hash}-*`);
    const found = await this.#ask(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', ...filters(references)]);
    if (found !== undefined && found.length > 0) await this.#ask(['image', 'rm', ...found]);
  }

  async #removeThese(found: readonly string[] | undefined): Promise<void> {
    if (found === undefined || found.length === 0) return;
    await this.#ask(['rm', '--force', '--volumes', ...found]);
  }

  /** Looks twice, for a container may be on its way while whoever asked for it is gone. */
  async #removeEach(find: () => Promise<readonly string[] | undefined>): Promise<boolean> {
    let empty = 0;
    let unanswered = 0;
    while (this.#until > Date.now() && unanswered < mostUnanswered) {
      const found = await find();
      await this.#removeThese(found);
      unanswered = found === undefined ? unanswered + 1 : 0;
      empty = found?.length === 0 ? empty + 1 : 0;
      if (empty === 2) return true;
      await sleep(lookMs);
    }
    return false;
  }

  /** Names of the build's containers; undefined when the engine does not say. */
  async #find(): Promise<string[] | undefined> {
    const names = containerHashes(this.#build).map((hash) => `name=^/?kube-(build|build-data|rsync)-${hash}-`);
    const answers = await Promise.all([this.#list(names), this.#list([`volume=${this.#build.tree}`])]);
    if (answers.includes(undefined)) return undefined;
    return [...new Set(answers.flatMap((found) => found ?? []))];
  }

  #list(wanted: readonly string[]): Promise<string[] | undefined> {
    return this.#ask(['ps', '--all', '--format', '{{.Names}}', ...filters(wanted)]);
  }

  /** Undefined when docker does not do it, for whatever reason: all of this is tried again or left to a later sweep. */
  async #ask(args: readonly string[]): Promise<string[] | undefined> {
    const deadlineMs = Math.min(questionMs, this.#until - Date.now());
    if (deadlineMs <= 0) return undefined;
    return docker(args, { environment: this.#environment, deadlineMs }).catch(() => undefined);
  }
}

/** Whether somebody's builder of that name is there, which must be left alone afterwards; undefined for no answer. */
export async function builderExists(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<boolean | undefined> {
  const args = ['ps', '--all', '--quiet', ...filters([isBuilder])];
  const found = await docker(args, { environment, deadlineMs: questionMs }).catch(() => undefined);
  return found && found.length > 0;
}

function filters(wanted: readonly string[]): string[] {
  return wanted.flatMap((filter) => ['--filter', filter]);
}
