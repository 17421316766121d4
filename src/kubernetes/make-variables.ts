import { UsageError } from '../errors.ts';

/** A variable of Kubernetes' build that a cluster may set. */
export interface MakeVariable {
  readonly name: string;
  /** What it does, as part of a sentence. */
  readonly explanation: string;
  /** What a value looks like, for messages. */
  readonly expected: string;
  readonly matches: (value: string) => boolean;
}

const yesOrNo = { expected: 'y or n', matches: (value: string) => /^[yYnN]$/.test(value) };
const image = {
  expected: 'the name of an image such as registry.example.org/base:v1',
  matches: (value: string) => /^[a-z0-9][A-Za-z0-9._/:@-]*$/.test(value),
};
const registry = {
  expected: 'a registry and path such as registry.example.org/build-image',
  matches: (value: string) => /^[a-z0-9][a-z0-9._/:-]*$/.test(value),
};
const programs = {
  expected: 'names of programs with a space between them, such as "kubelet kubectl"',
  matches: (value: string) => words(value).every((word) => /^[a-z][a-z0-9.-]*$/.test(word)),
};
/** Inside the container the names become words of a shell's command line (Makefile: `build.sh $(WHAT)`). */
const packages = {
  expected: 'folders of the tree with a space between them, such as "cmd/kubelet cmd/kubeadm"',
  matches: (value: string) =>
    words(value).every((word) => /^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(word) && !word.includes('..')),
};
const goFlags = {
  expected: 'flags without shell characters, and none that runs another program',
  matches: (value: string) => /^[A-Za-z0-9 =,._/:+@%'$-]*$/.test(value) && !runsAnother.test(value),
};
const runsAnother = /-{1,2}(toolexec|exec|overlay|modfile|extld|extldflags|C)\b/;
const number = { expected: 'a number', matches: (value: string) => /^\d{1,10}$/.test(value) };

/**
 * The variables that the build documents, and that reach what it does: Makefile, build/README.md, build/common.sh and
 * build/lib/release.sh, and what they hand on into the container. A variable that is not here is refused.
 */
export const makeVariables: readonly MakeVariable[] = [
  {
    name: 'KUBE_EXTRA_WHAT',
    explanation: 'what quick-release-images compiles besides the images’ programs',
    ...packages,
  },
  { name: 'KUBE_RELEASE_RUN_TESTS', explanation: 'runs the unit and integration tests before packing', ...yesOrNo },
  { name: 'KUBE_BUILD_CONFORMANCE', explanation: 'builds the conformance image as well', ...yesOrNo },
  { name: 'KUBE_BUILD_PULL_LATEST_IMAGES', explanation: 'n keeps base images that are there already', ...yesOrNo },
  { name: 'KUBE_DOCKER_REGISTRY', explanation: 'the registry in a second name of each image', ...registry },
  { name: 'KUBE_BASE_IMAGE_REGISTRY', explanation: 'where the images to build in and on are pulled from', ...registry },
  { name: 'KUBE_CROSS_IMAGE', explanation: 'the image that Go runs in, without its tag', ...registry },
  {
    name: 'KUBE_CROSS_VERSION',
    explanation: 'the tag of the image that Go runs in',
    expected: 'a tag such as v1.35.0-go1.25.6-bullseye.0',
    matches: (value) => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(value),
  },
  { name: 'KUBE_BUILD_SETCAP_IMAGE', explanation: 'the image that gives kube-apiserver low ports', ...image },
  { name: 'KUBE_GORUNNER_IMAGE', explanation: 'what most images are built on, in older trees', ...image },
  { name: 'KUBE_APISERVER_BASE_IMAGE', explanation: 'what the image of kube-apiserver is built on', ...image },
  {
    name: 'KUBE_CONTROLLER_MANAGER_BASE_IMAGE',
    explanation: 'what the image of kube-controller-manager is built on',
    ...image,
  },
  { name: 'KUBE_SCHEDULER_BASE_IMAGE', explanation: 'what the image of kube-scheduler is built on', ...image },
  { name: 'KUBE_PROXY_BASE_IMAGE', explanation: 'what the image of kube-proxy is built on', ...image },
  { name: 'KUBECTL_BASE_IMAGE', explanation: 'what the image of kubectl is built on', ...image },
  { name: 'KUBE_CGO_OVERRIDES', explanation: 'programs that are linked with C although they need not be', ...programs },
  {
    name: 'KUBE_STATIC_OVERRIDES',
    explanation: 'programs that are linked without C although they would be with it',
    ...programs,
  },
  {
    name: 'DBG',
    explanation: '1 makes quick-release-images build for debuggers, without optimizations',
    expected: '1',
    matches: (value) => value === '1',
  },
  { name: 'GOFLAGS', explanation: 'further flags of go, such as -v', ...goFlags },
  { name: 'GOLDFLAGS', explanation: 'further flags of Go’s linker', ...goFlags },
  { name: 'GOGCFLAGS', explanation: 'further flags of Go’s compiler', ...goFlags },
  {
    name: 'GOPROXY',
    explanation: 'where Go modules come from, should anything be missing in vendor/',
    expected: 'off, direct or URLs with commas between them, without a password',
    matches: (value) => value.split(/[,|]/).every((part) => ['off', 'direct'].includes(part) || isPlainUrl(part)),
  },
  {
    name: 'GO_VERSION',
    explanation: 'the version of Go, instead of the one in .go-version',
    expected: 'a version such as 1.25.6',
    matches: (value) => /^1\.\d{1,3}(\.\d{1,3}|rc\d)?$/.test(value),
  },
  {
    name: 'GOTOOLCHAIN',
    explanation: 'how Go chooses its version',
    expected: 'local, auto or a version such as go1.25.6',
    matches: (value) => /^(local|auto|go1\.\d{1,3}(\.\d{1,3})?)$/.test(value),
  },
  { name: 'SOURCE_DATE_EPOCH', explanation: 'the build date that programs show, in seconds since 1970', ...number },
  { name: 'KUBE_VERBOSE', explanation: 'how much the scripts say, 1 to 9', ...number },
  {
    name: 'DOCKER_CGROUP_PARENT',
    explanation: 'the cgroup of the build’s container, to limit its memory and CPU',
    expected: 'a slice such as build.slice, or a path such as /build',
    matches: (value) => /^\/?[A-Za-z0-9][A-Za-z0-9_./-]*$/.test(value) && !value.includes('..'),
  },
];

/** Why others may not be set, where there is more to say than that they are not known. */
const refusals: Readonly<Record<string, string>> = {
  SHELL: 'it would replace the program that runs every line of the Makefile',
  MAKEFLAGS: 'it holds options of make itself',
  MFLAGS: 'it holds options of make itself',
  GNUMAKEFLAGS: 'it holds options of make itself',
  MAKEFILES: 'it would have make read other files first',
  MAKE: 'it would replace make itself',
  MAKEOVERRIDES: 'it holds options of make itself',
  VPATH: 'it would have make look for files elsewhere',
  PATH: 'it decides which programs run; set it for the worker',
  HOME: 'it decides whose settings of Docker and git hold; set it for the worker',
  HOSTNAME: 'the name of the build’s container follows from it, and Slipway removes that container afterwards',
  BASH_ENV: 'it would have every script run another one first',
  ENV: 'it would have every script run another one first',
  TAR: 'it would replace tar, which writes the release',
  OUT_DIR: 'Slipway takes the release from _output',
  KUBE_RACE: 'it belongs to the tests',
  WHAT: 'it belongs to other targets; quick-release-images takes KUBE_EXTRA_WHAT',
  KUBE_BUILD_PLATFORMS: 'the key platform sets it',
  KUBE_FASTBUILD: 'the key platform says what is built',
  KUBE_GIT_VERSION_FILE: 'the version follows from the git tags of the commit',
  KUBE_GIT_VERSION: 'the version follows from the git tags of the commit',
  KUBE_GIT_COMMIT: 'the version follows from the git tags of the commit',
  KUBE_GIT_TREE_STATE: 'the version follows from the git tags of the commit',
  KUBE_DOCKER_IMAGE_TAG: 'images are named after the version, and nodes look for that name',
  KUBE_GOFLAGS: 'it is called GOFLAGS now',
  KUBE_PARALLEL_BUILD_MEMORY: 'it does not reach the container, and one platform is built at a time',
  DOCKER_OPTS: 'it decides which engine builds; set DOCKER_HOST or DOCKER_CONTEXT for the worker',
  DOCKER_HOST: 'it decides which engine builds; set it for the worker',
};

const longestValue = 1000;

/** Why a variable cannot be handed to make, as the end of a sentence that begins with its name; undefined if it can. */
export function makeVariableProblem(name: string, value: string): string | undefined {
  const refusal = Object.hasOwn(refusals, name) ? refusals[name] : undefined;
  if (refusal !== undefined) return `may not be set: ${refusal}`;
  const known = makeVariables.find((variable) => variable.name === name);
  if (known === undefined) return 'is no variable of Kubernetes’ build that may be set';
  if (/\p{Cc}/u.test(value)) return 'must be one line without control characters';
  if (value.length > longestValue) return `is longer than ${longestValue} characters`;
  return known.matches(value) ? undefined : `must be ${known.expected}`;
}

/** Refuses what make should not see. @throws UsageError that names the first variable and says why. */
export function checkMakeVariables(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const problem = makeVariableProblem(name, value);
    if (problem === undefined) continue;
    const shown = /^\w{1,60}$/.test(name) ? name : JSON.stringify(name.slice(0, 60));
    throw new UsageError(`The build cannot start: the variable ${shown} ${problem}`, {
      hint: 'The variables that may be set are listed in docs/kubernetes-build.md',
    });
  }
}

/**
 * `NAME=value` for make's command line, sorted by name; make hands them on to the scripts. `$` is doubled, since make
 * would expand it.
 *
 * @throws UsageError for a variable that may not be set.
 */
export function makeArguments(variables: Readonly<Record<string, string>>): string[] {
  checkMakeVariables(variables);
  return Object.entries(variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value.replaceAll('$', '$$$$')}`);
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text) || !/^[\x21-\x7e]+$/.test(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ['https:', 'http:'].includes(protocol) && username === '' && password === '';
}
