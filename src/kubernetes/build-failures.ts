import type { Explanation } from './explanation.ts';
import { explainPull } from './pull-failures.ts';
import {
  compilerErrors,
  cut,
  failedTest,
  failedTests,
  goError,
  outOfDisk,
  outOfMemory,
  speaksOfSource,
} from './telling-lines.ts';

/** What of a build an explanation may name. */
export interface FailedBuild {
  /** The tag, branch or commit that somebody asked for. */
  readonly ref: string;
  readonly target: string;
  /** The last few hundred lines that it wrote. */
  readonly lines: readonly string[];
}

interface Failure {
  readonly matches: RegExp;
  /** What the compiler or a test says counts as well. */
  readonly ofSource?: true;
  readonly explain: (found: RegExpExecArray, build: FailedBuild) => Explanation;
}

const enoughMemory =
  'Give the machine at least 8 GB of memory for the build, or let fewer things run beside it; see what the kernel ' +
  'says in `dmesg`';

/** The kernel ended the compiler or its container: the one explanation that may also come from the container's state. */
export const killedByKernel: Explanation = {
  message: 'it ran out of memory, and the kernel ended the compiler',
  hint: enoughMemory,
};

function always(message: string, hint: string): Failure['explain'] {
  return () => ({ message, hint });
}

const dockerUser =
  'Put the user that this worker runs as into the group docker, or set DOCKER_HOST to an engine of its own';
const wholeClone = 'The checkout must be a clone of its own: no linked worktree, no alternates, no multi-pack-index';

/**
 * What is known of builds that stop, by what the tree's scripts, Docker, Go and make say. The first that matches any
 * line wins, so causes stand before what follows from them: memory and disk, then what is checked before anything is
 * made, then the source, then registries.
 */
const failures: readonly Failure[] = [
  {
    matches: outOfMemory,
    explain: () => killedByKernel,
  },
  {
    matches: outOfDisk,
    explain: always(
      'the disk is full',
      'Make room below DATA_DIR and in Docker (`docker system df`); a build takes about 20 GB',
    ),
  },
  {
    matches: /permission denied while trying to connect to the docker|docker\.sock: connect: permission denied/i,
    explain: always('Docker refuses the user that this worker runs as', dockerUser),
  },
  {
    matches: /can't find 'docker' in PATH|\bdocker: (?:command )?not found/i,
    explain: always(
      'there is no docker in its PATH',
      'Install Docker with the buildx plugin where this worker runs, or run the worker where Docker is (--queues build)',
    ),
  },
  {
    matches: /^Can't connect to 'docker' daemon/i,
    explain: always(
      'the Docker daemon does not answer, or refuses the user that this worker runs as',
      'Try `docker info` as that user. Start Docker, or check DOCKER_HOST; if it says permission denied, put the user into the group docker',
    ),
  },
  {
    matches: /(?:cannot|failed to) connect to the docker |error during connect|error reading from server: EOF/i,
    explain: always(
      'the Docker daemon stopped answering',
      'See whether Docker was restarted or ended meanwhile (`journalctl -u docker`), and start the build again',
    ),
  },
  {
    matches: /docker buildx not available|unknown command: docker buildx|'buildx' is not a docker command/i,
    explain: always(
      'Docker has no buildx',
      'Install the buildx plugin for the user that this worker runs as: `docker buildx version` must answer',
    ),
  },
  {
    matches: /Cannot find GNU tar/,
    explain: always('there is no GNU tar', 'Install GNU tar where this worker runs; busybox’ tar and bsdtar do not do'),
  },
  {
    matches: /Can't find 'rsync' in PATH/,
    explain: always(
      'there is no rsync',
      'Install rsync where this worker runs: trees before v1.35 copy the source with it',
    ),
  },
  {
    matches: /env: '?bash'?: No such file|\/bin\/bash: No such file/,
    explain: always('there is no bash', 'Install bash 4.2 or later where this worker runs'),
  },
  {
    matches: /requires a minimum bash version of (\S+), but got version of (\S+)/,
    explain: ([, wanted, got]) => ({
      message: `bash ${got} is too old`,
      hint: `Install bash ${wanted?.replace(/,$/, '')} or later where this worker runs`,
    }),
  },
  {
    matches:
      /: line \d+: ([\w.-]+): command not found|^(?:make: )?(?:\/bin\/)?(?:ba)?sh: (?:\d+: |line \d+: )?([\w.-]+): (?:command )?not found/,
    explain: ([, first, second]) => ({
      message: `a program is missing: ${first ?? second}`,
      hint: `Install ${first ?? second} where this worker runs`,
    }),
  },
  {
    matches: /no rule to make target [`'"]?([\w./-]+)|no makefile found/i,
    explain: ([, missing], { target, ref }) =>
      missing === undefined || missing === target
        ? {
            message: `the tree has no make target ${target}`,
            hint: `See whether ${ref} is a Kubernetes tree; its targets are quick-release and quick-release-images`,
          }
        : {
            message: `the container did not see the tree: it has no make target ${missing} there`,
            hint: 'DATA_DIR must be at the same path where Docker runs: the engine mounts the tree from its own disk',
          },
  },
  {
    matches: /KUBE_GIT_VERSION should be a valid Semantic Version\. Current value: (\S*)/,
    explain: ([, version], { ref }) => ({
      message: `git calls this commit ${version}, which is no version`,
      hint: `The nearest tag of ${ref} that begins with v must look like v1.35.0 or v1.36.0-alpha.1`,
    }),
  },
  {
    matches: /git version information missing/,
    explain: (_, { ref }) => ({
      message: 'git knows no version of this commit',
      hint: `Push the tags to the repository: one that begins with v must lead to ${ref}, and the clone must not be shallow`,
    }),
  },
  {
    matches: /error obtaining VCS status|multi-pack-index version \d+ not recognized|detected dubious ownership/,
    explain: always('git does not read the repository inside the container', wholeClone),
  },
  {
    matches: goError,
    ofSource: true,
    explain: (_, { lines, ref }) => ({
      message: `the source does not compile: ${firstOf(compilerErrors(lines))}`,
      hint: `Mend the source of ${ref} and start again; the log has all of the compiler’s errors`,
    }),
  },
  {
    matches: failedTest,
    explain: (_, { lines, ref }) => ({
      message: `the source’s own tests fail: ${firstOf(failedTests(lines))}`,
      hint: `Mend ${ref}, or build it without its tests: leave out the variable KUBE_RELEASE_RUN_TESTS`,
    }),
  },
  {
    matches:
      /undefined reference to|relocation target .{0,200} not defined|^collect2: error|cannot find -l\S+|running \S*gcc failed/,
    explain: ([found], { ref }) => ({
      message: `the programs cannot be linked: ${cut(found)}`,
      hint: `Mend the source of ${ref}, or see whether GOLDFLAGS and KUBE_CGO_OVERRIDES fit the image that Go runs in`,
    }),
  },
  {
    matches:
      /toolchain not available|^go: download(?:ing)? go1\.[\d.]+.*(?:dial|timeout|lookup)|^Detected go version: /,
    explain: always(
      'the image that Go runs in has another version of Go than the tree asks for',
      'Let the variables KUBE_CROSS_VERSION and GO_VERSION fit the tree’s .go-version, or set GOTOOLCHAIN to local',
    ),
  },
  {
    matches: /inconsistent vendoring|missing go\.sum entry|is not in std\b|no required module provides package (\S+)/,
    explain: (_, { ref }) => ({
      message: 'the tree’s vendor folder and go.mod do not fit together',
      hint: `Run hack/update-vendor.sh in ${ref} and commit what it changes`,
    }),
  },
  {
    matches:
      /^go: .*(?:dial tcp|i\/o timeout|no such host|TLS handshake|connection re(?:fused|set)|proxyconnect|module lookup disabled|410 Gone)/,
    explain: always(
      'a Go module could not be fetched',
      'Kubernetes has its modules in vendor/, so see what the change adds; set GOPROXY to a proxy that the container reaches',
    ),
  },
  {
    matches: /container name "\/?([\w.-]+)" is already in use/,
    explain: ([, name]) => ({
      message: `another build of the same tree is running in the container ${name}`,
      hint: 'Let it end, or remove it: `docker rm --force --volumes` and its name',
    }),
  },
  {
    matches: /no builder "?img-builder"? found|img-builder.{0,100} (?:is not running|not found)|removed during build/,
    explain: always(
      'somebody else removed the builder of the images meanwhile',
      'Kubernetes’ scripts give it one name per engine: let nothing else build releases on this engine, and start again',
    ),
  },
  {
    matches:
      /invalid mount config|error while creating mount source path|Mounts denied|bind source path does not exist/i,
    explain: always(
      'the engine cannot mount the tree',
      'DATA_DIR must be at the same path where Docker runs: the engine mounts the tree from its own disk',
    ),
  },
  {
    matches:
      /OCI runtime (?:create|exec)|runc (?:create|run) failed|failed to (?:create|start) (?:shim|containerd) task/i,
    explain: always(
      'Docker cannot start a container',
      'Try `docker run --rm` with any image on that machine; its engine or its kernel is at fault, not the build',
    ),
  },
];

/** What the build's own words mean; undefined when none of them is known. */
export function explainWords(build: FailedBuild): Explanation | undefined {
  const ownLines = build.lines.filter((line) => !speaksOfSource.test(line));
  for (const { matches, explain, ofSource } of failures) {
    for (const line of ofSource ? build.lines : ownLines) {
      const found = matches.exec(line);
      if (found !== null) return explain(found, build);
    }
  }
  return explainPull(ownLines);
}

function firstOf([first = '', ...others]: readonly string[]): string {
  return `${cut(first)}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
}
