import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import {
  checkMakeVariables,
  makeArguments,
  makeVariableProblem,
  makeVariables,
} from '../../src/kubernetes/make-variables.ts';

/** A value of each variable as Kubernetes' Makefile, scripts and build documents show or default them. */
const documented: Readonly<Record<string, string>> = {
  KUBE_EXTRA_WHAT: 'cmd/kubeadm cmd/kubectl cmd/kubelet',
  KUBE_RELEASE_RUN_TESTS: 'n',
  KUBE_BUILD_CONFORMANCE: 'y',
  KUBE_BUILD_PULL_LATEST_IMAGES: 'n',
  KUBE_DOCKER_REGISTRY: 'registry.k8s.io',
  KUBE_BASE_IMAGE_REGISTRY: 'registry.k8s.io/build-image',
  KUBE_CROSS_IMAGE: 'registry.example.org:5000/build-image/kube-cross',
  KUBE_CROSS_VERSION: 'v1.35.0-go1.25.6-bullseye.0',
  KUBE_BUILD_SETCAP_IMAGE: 'registry.k8s.io/build-image/setcap:bookworm-v1.0.6',
  KUBE_GORUNNER_IMAGE: 'registry.k8s.io/build-image/go-runner:v2.3.1-go1.22.6-bookworm.0',
  KUBE_APISERVER_BASE_IMAGE: 'gcr.io/distroless/static-debian13',
  KUBE_CONTROLLER_MANAGER_BASE_IMAGE: 'gcr.io/distroless/static-debian13:nonroot',
  KUBE_SCHEDULER_BASE_IMAGE: `gcr.io/distroless/static@sha256:${'a'.repeat(64)}`,
  KUBE_PROXY_BASE_IMAGE: 'registry.k8s.io/build-image/distroless-iptables:v0.8.7',
  KUBECTL_BASE_IMAGE: 'scratch',
  KUBE_CGO_OVERRIDES: 'kubelet kubectl',
  KUBE_STATIC_OVERRIDES: 'kubelet',
  DBG: '1',
  GOFLAGS: '-v -tags=selinux,notest -buildvcs=false',
  GOLDFLAGS: '',
  GOGCFLAGS: 'all=-N -l',
  GOPROXY: 'https://modules.example.org,direct',
  GO_VERSION: '1.25.6',
  GOTOOLCHAIN: 'local',
  SOURCE_DATE_EPOCH: '1767225600',
  KUBE_VERBOSE: '5',
  DOCKER_CGROUP_PARENT: 'build.slice',
};

describe('makeVariableProblem', () => {
  it('knows a documented value of each variable, and no variable without one', () => {
    expect(makeVariables.map(({ name }) => name).sort()).toEqual(Object.keys(documented).sort());
  });

  it.each(Object.entries(documented))('allows %s=%s', (name, value) => {
    expect(makeVariableProblem(name, value)).toBeUndefined();
  });

  it.each([
    ['KUBE_EXTRA_WHAT', 'cmd/kubelet; rm -rf /'],
    ['KUBE_EXTRA_WHAT', '$(id)'],
    ['KUBE_EXTRA_WHAT', '`id`'],
    ['KUBE_EXTRA_WHAT', '../../etc'],
    ['KUBE_EXTRA_WHAT', '-toolexec=/bin/sh'],
    ['KUBE_EXTRA_WHAT', '/etc/passwd'],
    ['KUBE_RELEASE_RUN_TESTS', 'yes'],
    ['KUBE_CROSS_IMAGE', '--privileged'],
    ['KUBE_CROSS_IMAGE', 'a b'],
    ['KUBE_CROSS_VERSION', 'v1 --volume=/:/host'],
    ['KUBE_PROXY_BASE_IMAGE', 'image,other'],
    ['GOFLAGS', '-toolexec=/go/src/k8s.io/kubernetes/x'],
    ['GOFLAGS', '--overlay=x.json'],
    ['GOFLAGS', '-v; id'],
    ['GOLDFLAGS', '-X main.note=$(id)'],
    ['GOLDFLAGS', '-extld=/bin/sh'],
    ['GOPROXY', 'https://user:secret@proxy.example.org'],
    ['GOPROXY', 'file:///etc'],
    ['GO_VERSION', 'latest'],
    ['GOTOOLCHAIN', 'path'],
    ['SOURCE_DATE_EPOCH', 'now'],
    ['DOCKER_CGROUP_PARENT', '/../escape'],
    ['DOCKER_CGROUP_PARENT', '--privileged'],
    ['DBG', '2'],
  ])('refuses %s=%s, and says what it must be', (name, value) => {
    expect(makeVariableProblem(name, value)).toMatch(/^must be /);
  });

  it.each([
    ['SHELL', /replace the program/],
    ['MAKEFLAGS', /options of make/],
    ['MAKEFILES', /read other files/],
    ['PATH', /which programs run/],
    ['OUT_DIR', /_output/],
    ['HOSTNAME', /container/],
    ['KUBE_BUILD_PLATFORMS', /key platform/],
    ['KUBE_FASTBUILD', /key platform/],
    ['KUBE_GIT_VERSION_FILE', /git tags/],
    ['DOCKER_OPTS', /which engine/],
  ])('says why %s may not be set', (name, reason) => {
    expect(makeVariableProblem(name, 'x')).toMatch(/^may not be set: /);
    expect(makeVariableProblem(name, 'x')).toMatch(reason);
  });

  it.each(['', 'LD_PRELOAD', 'kube_verbose', 'KUBE_VERBOSE ', '__proto__', 'constructor', '.SHELLFLAGS', 'A=B'])(
    'refuses what no build of Kubernetes documents: %j',
    (name) => {
      expect(makeVariableProblem(name, 'x')).toBe('is no variable of Kubernetes’ build that may be set');
    },
  );

  it.each(['-v\n-w', '-v\t-w', '-v\u0000', '-v\u001b[31m', '-v\u0085'])('refuses control characters: %j', (value) => {
    expect(makeVariableProblem('GOFLAGS', value)).toBe('must be one line without control characters');
  });

  it('refuses endless values', () => {
    expect(makeVariableProblem('GOFLAGS', `-tags=${'a'.repeat(1000)}`)).toMatch(/longer than 1000/);
  });
});

describe('checkMakeVariables', () => {
  it('lets documented variables through', () => {
    expect(() => checkMakeVariables(documented)).not.toThrow();
  });

  it('names the variable that it refuses, and where the others are listed', () => {
    const check = () => checkMakeVariables({ KUBE_VERBOSE: '2', SHELL: '/bin/sh' });

    expect(check).toThrow(UsageError);
    expect(check).toThrow('The build cannot start: the variable SHELL may not be set: it would replace');
  });

  it('quotes a name that is none', () => {
    expect(() => checkMakeVariables({ 'A\nB': '1' })).toThrow('the variable "A\\nB" is no variable');
  });
});

describe('makeArguments', () => {
  it('makes the same arguments of the same variables, whatever their order', () => {
    const one = makeArguments({ KUBE_VERBOSE: '2', DBG: '1' });
    const other = makeArguments({ DBG: '1', KUBE_VERBOSE: '2' });

    expect(one).toEqual(['DBG=1', 'KUBE_VERBOSE=2']);
    expect(other).toEqual(one);
  });

  it('doubles what make would expand', () => {
    expect(makeArguments({ GOLDFLAGS: '-X main.price=5$' })).toEqual(['GOLDFLAGS=-X main.price=5$$']);
  });

  it('hands nothing on that is refused', () => {
    expect(() => makeArguments({ MAKEFLAGS: '-n' })).toThrow(UsageError);
  });
});

describe('makeVariables', () => {
  it('is what the documents list, in the same words', () => {
    const documents = readFileSync(new URL('../../docs/kubernetes-build.md', import.meta.url), 'utf8');

    const listed = [...documents.matchAll(/^\| `([A-Z_]+)` +\| (.*?) +\|$/gm)].map(([, name, text]) => [name, text]);

    expect(listed).toEqual(makeVariables.map(({ name, explanation }) => [name, explanation]));
  });
});
