/** Longer lines are cut: a type error of Go can fill a screen. */
const longest = 200;

/** An error of Go's compiler or of vet, with the place in the source: `cmd/kubelet/app/server.go:12:3: undefined: x`. */
export const goError = /^(?:vet: )?(?:\.{0,2}\/)?[\w@.+/-]+\.go:\d+(?::\d+)?: (?!warning:|note:)\S/;

/** The end of a test that failed, as Go and gotestsum say it; without those inside of it. */
export const failedTest = /^(?:--- FAIL: |=== FAIL: \S+ )([^\s/]+) /;

/** What a shell, make, Go, a linker or the system says when the kernel ended a program, or would not give it memory. */
export const outOfMemory =
  /\bsignal: killed\b|^Killed$|\] Killed(?: |$)|: line \d+: +\d+ Killed\b|: Killed signal terminated |\[Killed\]|\b[Oo]ut of memory\b|annot allocate memory|exit (?:status|code):? 137\b/;

/** What programs say of a disk, behind the name of what they were writing. */
export const outOfDisk = /(?:^|: )(?:no space left on device|disk quota exceeded)/i;

/** Lines of compilers and tests: a place in the source stands before what they say. Words in them are not the build's. */
export const speaksOfSource = /^\s*(?:vet: )?(?:\.{0,2}\/)?[\w@.+/-]+\.go:\d+(?::\d+)?: |^[IWEF]\d{4} \d\d:\d\d:/;

/** Lines that name a cause. What they stand for is explained in build-failures.ts; here only who speaks counts. */
const causes: readonly RegExp[] = [
  goError,
  outOfMemory,
  outOfDisk,
  /^(?:docker: )?(?:Error response from daemon: |error during connect: )/,
  /^(?:docker: )?(?:cannot connect to|failed to connect to|permission denied while trying to connect to) the docker /i,
  /^(?:#\d+ )?ERROR: |^ > \[/,
  /^(?:error|fatal|panic|fatal error|go|vet|cp|tar|ln|rsync|rsync error|link|ld|collect2): /i,
  /^error obtaining VCS status/,
  /\/link: |: undefined reference to |relocation target .* not defined|^runtime\/cgo: /,
  /(?:^|: )[\w.-]+: (?:command )?not found$|: No such file or directory$/,
  /^ {2}!!! Cannot find |^Can't connect to 'docker' daemon|^Can't find 'go' in PATH/,
  /^KUBE_GIT_VERSION should be a valid|^Detected go version: /,
  /^make(?:\[\d+\])?: \*\*\* (?:No rule to make target|No targets specified)/,
  failedTest,
  /^cmd\/go: |^(?:pattern|package) \S+: |^no required module provides package /,
];

/** What the scripts do not mind (`docker buildx create … || true`). */
const harmless = /^ERROR: existing instance for /;

/** An error of the tree's own scripts (hack/lib/logging.sh). */
const complaint = /^!!! \[\d{4} [\d:]{8}\] (.*)$/;
/** The scripts' own account of where they stopped. It says nothing of why. */
const trace =
  /^(?:Call tree:| \d+: )|^previous (?:tarball phase|Docker build) failed|^(?:client|test) tarball creation failed/;

const summary = /^make(?:\[\d+\])?: (?:\*\*\*|Leaving directory|Entering directory)/;
const noise = [
  /^\+\+\+ \[/,
  /^ {4}\S+(?: \((?:static|non-static|test)\))?$/,
  /^!!! Error in |^ {2}\d+: |^Call stack:|^Exiting with status/,
  /^#\d+ (?!ERROR)/,
  /^-{3,}$|^Run 'docker run --help'|^To retry manually|^DOCKER_CLI_EXPERIMENTAL=/,
  /^img-builder(?: removed)?$/,
  /^(?:[a-z0-9-]+\.)+[a-z]{2,6}\/[\w./-]+$/,
];

/**
 * Chooses the lines of a build's output that say why it stopped: errors of the compiler, of Docker and of the tree's
 * scripts with the line before them; the first ones, since later errors mostly follow from them. Without any, the last
 * lines that are no summary of make's; and these only when there is nothing else. Each has at most 200 characters.
 */
export function tellingLines(lines: readonly string[], { most }: { readonly most: number }): string[] {
  const told = without(
    lines.filter((line, index) => isCause(line) || isComplaint(line) || leadsTo(lines, index)),
    repeated,
  ).slice(0, most);
  if (told.length > 0) return told.map(cut);
  const rest = lines.filter((line) => !saysNothing(line));
  const shown = rest.length > 0 ? rest : lines.filter((line) => summary.test(line));
  return shown.slice(-Math.min(most, 5)).map(cut);
}

/** The errors of Go's compiler and of vet, each once, in the order in which they came. */
export function compilerErrors(lines: readonly string[]): string[] {
  return [...new Set(lines.filter((line) => goError.test(line)))];
}

/** Names of the tests that failed. */
export function failedTests(lines: readonly string[]): string[] {
  return [...new Set(lines.map((line) => failedTest.exec(line)?.[1]).filter((name) => name !== undefined))];
}

/** Whether a line tells nothing of a failure: progress of the scripts and of Go, and their and make's accounts of where. */
export function saysNothing(line: string): boolean {
  return isNoise(line) || summary.test(line);
}

function isCause(line: string): boolean {
  return !harmless.test(line) && causes.some((pattern) => pattern.test(line));
}

function isComplaint(line: string): boolean {
  const text = complaint.exec(line)?.[1];
  return text !== undefined && !trace.test(text);
}

function isNoise(line: string): boolean {
  return noise.some((pattern) => pattern.test(line)) || (complaint.test(line) && !isComplaint(line));
}

/** Whether a line names what the next one complains of, or stands right before an error of the tree's scripts. */
function leadsTo(lines: readonly string[], index: number): boolean {
  const [line = '', next = ''] = lines.slice(index, index + 2);
  if (/^# \S+/.test(line)) return goError.test(next);
  if (line.startsWith('Unable to find image ')) return /Error response from daemon/.test(next);
  return complaint.test(next) && !complaint.test(line) && !saysNothing(line);
}

/** BuildKit says an error where it happens and again at the end, longer; parallel builds say the same several times. */
function repeated(line: string, before: readonly string[]): boolean {
  const text = bare(line);
  return before.some((earlier) => text.endsWith(bare(earlier)));
}

function bare(line: string): string {
  return line
    .replace(/^#\d+ /, '')
    .replace(/^ERROR: /, '')
    .trim();
}

function without(lines: readonly string[], unwanted: (line: string, before: readonly string[]) => boolean): string[] {
  const kept: string[] = [];
  for (const line of lines) {
    if (!unwanted(line, kept)) kept.push(line);
  }
  return kept;
}

/** At most 200 characters, none of them cut in two. */
export function cut(line: string): string {
  const text = line.trimEnd();
  return text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
