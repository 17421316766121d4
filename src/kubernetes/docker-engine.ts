import { toolEnvironment } from './environment.ts';
import { runProcess } from './process.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How to call docker. An engine that hangs holds nobody for longer than the deadline. */
export interface DockerCall {
  readonly environment: Environment;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

const lookDeadlineMs = 10_000;
const graceMs = 300;

/**
 * The name that the engine behind `docker` has for itself, the same from wherever it is asked; undefined when docker is
 * not installed or no engine answers within ten seconds.
 */
export async function engineId(environment: Environment, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const call = { environment, deadlineMs: lookDeadlineMs, signal };
    const [id] = await docker(['info', '--format', '{{.ID}}'], call);
    return id;
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
