import type { BuildStage } from './build-stages.ts';
import type { BuilderNeeds } from './builder-problems.ts';

/** A line of a build, and where the build stands with it. */
export interface BuildLine {
  readonly stage: BuildStage;
  readonly line: string;
  /** What is made now, if the scripts say so. */
  readonly target?: string;
}

export interface BuildOptions {
  /** URL or absolute path of a git repository with Kubernetes' build contract. */
  readonly repository: string;
  /** A tag, branch, commit or pr/NUMBER of it. */
  readonly ref: string;
  /** Full hash of the commit that the ref led to when somebody approved it; then that one is built. */
  readonly commit?: string | undefined;
  /** The make target: `quick-release`, or `quick-release-images`. */
  readonly target: string;
  /** Of the nodes: linux/amd64. */
  readonly platform: string;
  /** Variables for make, such as KUBE_EXTRA_WHAT. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where copies of repositories, releases and logs are kept. */
  readonly directory: string;
  /** The worker's environment; git and make see only what they need of it: PATH, proxies, where Docker is. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What the worker must have; by default what Kubernetes itself needs. */
  readonly needs?: BuilderNeeds;
  /** The longest that make may run. */
  readonly deadlineMs?: number;
  /** The longest that make may say nothing. */
  readonly inactivityMs?: number;
  /** Values that must show nowhere; what looks like a secret never does. */
  readonly secrets?: readonly string[];
  /** Called for every line that git and make write. */
  readonly onProgress: (progress: BuildLine) => void;
  /** Called for every line that goes into the log. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}
