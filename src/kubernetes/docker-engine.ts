import { toolEnvironment } from './environment.ts';
import { runProcess } from './process.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The Docker engine that a worker's `docker` talks to. */
export interface DockerEngine {
  /** The engine's own name for itself, the same from wherever it is asked. */
  readonly id: string;
  /** Of the machine that it runs on. */
  readonly name: string;
  readonly version: string;
}

/** How to call docker. An engine that hangs holds nobody for longer than the deadline. */
export interface DockerCall {
  readonly environment: Environment;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

const lookDeadlineMs = 10_000;
const graceMs = 300;

/** Which engine `docker` talks to; undefined when docker is not installed or no engine answers within ten seconds. */
export async function engineOf(environment: Environment, signal?: AbortSignal): Promise<DockerEngine | undefined> {
  const format = '{{.ID}}|{{.Name}}|{{.ServerVersion}}';
  const call = { environment, deadlineMs: lookDeadlineMs, signal };
  try {
    const [line] = await docker(['info', '--format', format], call);
    const [id = '', name = '', version = ''] = line?.split('|') ?? [];
    return id === '' ? undefined : { id, name, version };
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

/** Runs the docker client and answers the lines of its standard output. @throws ProcessError */
export async function docker(
  args: readonly string[],
  { environment, deadlineMs, signal }: DockerCall,
): Promise<string[]> {
  const env = toolEnvironment(environment);
  const doing = `Asking Docker (docker ${args[0]})`;
  const output = await runProcess({ command: 'docker', args, doing, env, deadlineMs, graceMs, signal });
  return output.split('\n').filter(Boolean);
}
