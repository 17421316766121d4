import { describe, expect, it } from 'vitest';
import { compilerErrors, tellingLines } from '../../src/kubernetes/telling-lines.ts';

const most = 12;
const trace = [
  '!!! [1122 22:38:04] Call tree:',
  '!!! [1122 22:38:04]  1: /go/src/k8s.io/kubernetes/hack/lib/golang.sh:736 kube::golang::build_some_binaries(...)',
  'make[1]: *** [Makefile:92: all] Error 1',
  '!!! [1122 22:38:04] Call tree:',
  '!!! [1122 22:38:04]  1: build/release.sh:41 kube::build::run_build_command(...)',
  'make: *** [Makefile:384: quick-release] Error 1',
];
const chatter = Array.from({ length: 300 }, (_, number) => `    k8s.io/kubernetes/cmd/program-${number} (static)`);

describe('tellingLines', () => {
  it('finds the errors of the compiler and their package among hundreds of others', () => {
    const errors = ['# k8s.io/kubernetes/cmd/kubelet/app', 'cmd/kubelet/app/server.go:12:3: undefined: x'];

    expect(tellingLines([...chatter, ...errors, ...chatter, ...trace], { most })).toEqual(errors);
  });

  it.each([
    'k8s.io/kubernetes/cmd/kubelet: /usr/local/go/pkg/tool/linux_amd64/link: signal: killed',
    'compile: writing output: write $WORK/b2291/_pkg_.a: no space left on device',
    'docker: Error response from daemon: manifest unknown',
    'ERROR: docker buildx not available. Docker 19.03 or higher is required with experimental features enabled',
    "Can't connect to 'docker' daemon.  please fix and retry.",
    '  !!! Cannot find GNU tar. Build on Linux or install GNU tar',
    "!!! [1122 22:00:00] Can't find 'rsync' in PATH, please fix and retry.",
    '!!! [1122 22:00:00] git version information missing; cannot create Docker tag',
    'error obtaining VCS status: exit status 128',
    'fatal: multi-pack-index version 2 not recognized',
    "make: *** No rule to make target 'quick-release'.  Stop.",
    "cp: cannot stat '_output/dockerized/bin/linux/amd64/kubelet': No such file or directory",
    'vet: pkg/a/b.go:7:2: x redeclared in this block',
    'panic: runtime error: index out of range [3]',
    'build/common.sh: line 283: md5sum: command not found',
  ])('takes %j for the reason', (line) => {
    expect(tellingLines([...chatter, line, ...trace], { most })).toEqual([line]);
  });

  it('shows what stands right before an error of the scripts', () => {
    const lines = [...chatter, 'something odd', '!!! [1122 22:00:00] client tarball creation failed', ...trace];

    expect(tellingLines(lines, { most })).toEqual(['something odd']);
  });

  it('says once what BuildKit says at the step, at its end and for five images', () => {
    const reason = 'failed to do request: Head "https://gcr.io/v2/": dial tcp: i/o timeout';
    const one = [
      '#0 building with "img-builder" instance using docker-container driver',
      `#3 ERROR: ${reason}`,
      '------',
      ' > [internal] load metadata for gcr.io/distroless/static-debian13:latest:',
      '------',
      `ERROR: failed to solve: ${reason}`,
    ];

    expect(tellingLines([...one, ...one, ...one, ...trace], { most })).toEqual([
      `#3 ERROR: ${reason}`,
      ' > [internal] load metadata for gcr.io/distroless/static-debian13:latest:',
    ]);
  });

  it('names the image that the engine could not get, and no other', () => {
    const got = "Unable to find image 'registry.k8s.io/a:v1' locally";
    const failed = [
      "Unable to find image 'registry.k8s.io/b:v1' locally",
      'docker: Error response from daemon: denied',
    ];

    expect(tellingLines([got, 'v1: Pulling from a', ...failed, ...trace], { most })).toEqual(failed);
  });

  it('does not blame a builder that was there already', () => {
    const lines = ['ERROR: existing instance for "img-builder" but no append mode', 'a.go:1:2: undefined: x', ...trace];

    expect(tellingLines(lines, { most })).toEqual(['a.go:1:2: undefined: x']);
  });

  it('keeps the first of too many', () => {
    const errors = Array.from({ length: 40 }, (_, number) => `pkg/a.go:${number + 1}:2: undefined: x${number}`);

    expect(tellingLines([...errors, ...trace], { most })).toEqual(errors.slice(0, 12));
  });

  it('cuts long lines', () => {
    const [line = ''] = tellingLines([`pkg/a.go:1:2: ${'x'.repeat(400)}`], { most });

    expect(line).toHaveLength(200);
    expect(line).toMatch(/^pkg\/a\.go:1:2: x+…$/);
  });

  it('cuts no character in two', () => {
    const [line = ''] = tellingLines([`pkg/a.go:1:2: ${'x'.repeat(184)}🚢🚢`], { most });

    expect(line).toMatch(/x…$/);
  });

  it('falls back to the last lines that are no summary', () => {
    const lines = ['one', 'two', '+++ [1122 22:00:00] Building tarball: src', ...trace];

    expect(tellingLines(lines, { most })).toEqual(['one', 'two']);
  });

  it('shows a summary of make only when there is nothing else', () => {
    const summaries = ['make[1]: *** [Makefile:92: all] Error 1', 'make: *** [Makefile:384: quick-release] Error 1'];

    expect(tellingLines([...chatter, ...trace], { most })).toEqual(summaries);
  });

  it('has nothing to show of nothing', () => {
    expect(tellingLines([], { most })).toEqual([]);
  });
});

describe('compilerErrors', () => {
  it('counts each error once, and neither warnings nor the traces of scripts', () => {
    const lines = [
      'pkg/a.go:1:2: undefined: x',
      'pkg/a.go:1:2: undefined: x',
      '../b.go:3: missing return',
      'pkg/c.go:4:5: warning: unused',
      '!!! [1122 22:38:04]  1: hack/lib/golang.sh:736 build(...)',
    ];

    expect(compilerErrors(lines)).toEqual(['pkg/a.go:1:2: undefined: x', '../b.go:3: missing return']);
  });
});
