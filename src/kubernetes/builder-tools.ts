import { ProcessError, runProcess } from './process.ts';

/** A program of a build worker: which version of it is there, or why none. */
export interface ToolFacts {
  /** Under which name it was found: gtar for GNU tar, perhaps. */
  readonly command: string;
  readonly version?: string;
  /** As the end of a sentence: `not installed`. */
  readonly why?: string;
}

/** How to look at a program. */
export interface LookContext {
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Each look ends after this, since a daemon or a network disk may never answer. */
export const lookWithinMs = 10_000;

/** What a program says; or why it does not, as the end of a sentence, and all that it said. */
export type Answer =
  | { readonly output: string }
  | { readonly output?: never; readonly why: string; readonly said: string };

/** Runs a program that only tells something. Throws only the signal's reason. */
export async function ask(command: string, args: readonly string[], { env, signal }: LookContext): Promise<Answer> {
  const options = { command, args, env, signal, doing: `Asking ${command}`, deadlineMs: lookWithinMs, graceMs: 500 };
  try {
    return { output: await runProcess({ ...options, cwd: '/' }) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ProcessError) return { why: whyNot(error), said: error.lines.join('\n') };
    // It is there, but nobody may run it.
    return { why: error instanceof Error ? error.message : 'it cannot be run', said: '' };
  }
}

export const notInstalled = 'not installed';

function whyNot({ end, lines }: ProcessError): string {
  if (end === 'missing') return notInstalled;
  if (end === 'deadline') return `nothing within ${lookWithinMs / 1000} s`;
  return lines.findLast((line) => line.trim() !== '')?.trim() ?? 'it ends badly and says nothing';
}

/** The name on the PATH, the flag that shows the version, and what the answer of the right program looks like. */
interface Tool {
  readonly command: string;
  readonly args: readonly string[];
  readonly version: RegExp;
  /** What something else of that name is not. */
  readonly not: string;
}

const tar = { args: ['--version'], version: /GNU tar\D*([\d.]+)/, not: 'not GNU tar' };

/** In the order in which Kubernetes' scripts look for GNU tar (build/common.sh): the first one that is there is taken. */
const tars: readonly Tool[] = ['gtar', 'gnutar', 'tar'].map((command) => ({ command, ...tar }));

export const tools = {
  make: { command: 'make', args: ['--version'], version: /GNU Make ([\d.]+)/, not: 'not GNU make' },
  git: { command: 'git', args: ['--version'], version: /git version ([\d.]+)/, not: 'not git' },
  rsync: { command: 'rsync', args: ['--version'], version: /rsync +version v?([\d.]+)/, not: 'not rsync' },
} as const satisfies Readonly<Record<string, Tool>>;

export async function examineTool(tool: Tool, context: LookContext): Promise<ToolFacts> {
  const { command } = tool;
  const answer = await ask(command, tool.args, context);
  if (answer.output === undefined) return { command, why: answer.why };
  const version = tool.version.exec(answer.output)?.[1];
  return version === undefined ? { command, why: tool.not } : { command, version };
}

export async function examineTar(context: LookContext): Promise<ToolFacts> {
  const looks = await Promise.all(tars.map((tool) => examineTool(tool, context)));
  return looks.find(({ why }) => why !== notInstalled) ?? { command: 'tar', why: notInstalled };
}
