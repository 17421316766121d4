import { describe, expect, it } from 'vitest';
import { BuildFailedError } from '../../src/errors.ts';
import { type BuildIdentity, explainBuild } from '../../src/kubernetes/explain-build.ts';
import { ProcessError } from '../../src/kubernetes/process.ts';

const identity = { doing: 'Building Kubernetes v1.35.0', ref: 'v1.35.0', target: 'quick-release', logFile: '/d/x.log' };
const ended = 'Building Kubernetes v1.35.0: make ended with status 2';

function explained(lines: readonly string[], more: Partial<BuildIdentity> = {}): unknown {
  return explainBuild(new ProcessError('status', ended, lines), { ...identity, ...more });
}

/** What the scripts and make add to every error. */
const after = [
  '!!! [1122 22:38:04] Call tree:',
  '!!! [1122 22:38:04]  1: build/release.sh:41 kube::build::run_build_command(...)',
  'make: *** [Makefile:384: quick-release] Error 1',
];

describe('explainBuild', () => {
  it.each([
    ['k8s.io/kubernetes/cmd/kubelet: /usr/local/go/pkg/tool/linux_amd64/link: signal: killed', /out of memory/, /8 GB/],
    ['fatal error: runtime: out of memory', /out of memory/, /8 GB/],
    ['hack/lib/golang.sh: line 736:   211 Killed                  GOPROXY=off go install', /out of memory/, /8 GB/],
    ['fork/exec /usr/local/go/bin/go: cannot allocate memory', /out of memory/, /8 GB/],
    ['make[1]: *** [Makefile:92: all] Killed', /out of memory/, /8 GB/],
    ['Killed', /out of memory/, /8 GB/],
    ['collect2: fatal error: ld terminated with signal 9 [Killed]', /out of memory/, /8 GB/],
    ['gcc: fatal error: Killed signal terminated program cc1', /out of memory/, /8 GB/],
    ['write /go/src/x: no space left on device', /the disk is full/, /20 GB/],
    ['gzip: stdout: No space left on device', /the disk is full/, /20 GB/],
    [
      "!!! [1122 22:00:00] Can't find 'docker' in PATH, please fix and retry.",
      /no docker in its PATH/,
      /--queues build/,
    ],
    ["Can't connect to 'docker' daemon.  please fix and retry.", /does not answer, or refuses the user/, /docker info/],
    [
      'docker: permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      /refuses the user/,
      /group docker/,
    ],
    [
      'docker: failed to connect to the docker API at unix:///var/run/docker.sock; check if the daemon is running',
      /stopped answering/,
      /start the build again/,
    ],
    ['Cannot connect to the Docker daemon at unix:///run/docker.sock.', /stopped answering/, /journalctl -u docker/],
    [
      'ERROR: docker buildx not available. Docker 19.03 or higher is required with experimental features enabled',
      /Docker has no buildx/,
      /docker buildx version/,
    ],
    ['  !!! Cannot find GNU tar. Build on Linux or install GNU tar', /no GNU tar/, /Install GNU tar/],
    ["!!! [1122 22:00:00] Can't find 'rsync' in PATH, please fix and retry.", /no rsync/, /before v1\.35/],
    ["/usr/bin/env: 'bash': No such file or directory", /no bash/, /bash 4\.2/],
    [
      'ERROR: This script requires a minimum bash version of 4.2, but got version of 3.2',
      /bash 3\.2 is too old/,
      /Install bash 4\.2 /,
    ],
    ['build/common.sh: line 283: md5sum: command not found', /a program is missing: md5sum/, /Install md5sum/],
    ["make: *** No rule to make target 'quick-release'.  Stop.", /no make target quick-release/, /Kubernetes tree/],
    ['make: *** No targets specified and no makefile found.  Stop.', /no make target quick-release/, /Kubernetes tree/],
    [
      "make: *** No rule to make target 'cross'.  Stop.",
      /container did not see the tree/,
      /same path where Docker runs/,
    ],
    [
      'KUBE_GIT_VERSION should be a valid Semantic Version. Current value: v1.35-custom_1',
      /calls this commit v1\.35-custom_1/,
      /nearest tag of v1\.35\.0/,
    ],
    [
      '!!! [1122 22:00:00] git version information missing; cannot create Docker tag',
      /knows no version/,
      /Push the tags/,
    ],
    ['error obtaining VCS status: exit status 128', /does not read the repository/, /clone of its own/],
    ['/tmp/go-link-1/go.o: in function `main`: undefined reference to `dlopen`', /cannot be linked/, /GOLDFLAGS/],
    ['go: download go1.26.0 for linux/amd64: toolchain not available', /another version of Go/, /KUBE_CROSS_VERSION/],
    ['go: inconsistent vendoring in /go/src/k8s.io/kubernetes:', /vendor folder and go\.mod/, /update-vendor\.sh/],
    [
      'go: example.org/x@v1.0.0: Get "https://modules.example.org/x": dial tcp: i/o timeout',
      /Go module could not be fetched/,
      /GOPROXY/,
    ],
    [
      'docker: Error response from daemon: Conflict. The container name "/kube-build-0f1e-6" is already in use by container "1".',
      /another build .* kube-build-0f1e-6/,
      /Let it end/,
    ],
    ['ERROR: no builder "img-builder" found', /removed the builder/, /start again/],
    [
      'docker: Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /etc/localtime',
      /cannot mount the tree/,
      /same path where Docker runs/,
    ],
    [
      'docker: Error response from daemon: OCI runtime create failed: runc did not',
      /cannot start a container/,
      /docker run/,
    ],
  ])('knows what %j means and what to do', (line, message, hint) => {
    const error = explained(['+++ [1122 22:00:00] Verifying Prerequisites....', line, ...after]);

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });

  it('names the first error of the compiler, and how many more there are', () => {
    const error = explained([
      '+++ [1122 22:38:02] Building go targets for linux/amd64',
      '    k8s.io/kubernetes/cmd/kubelet (non-static)',
      '# k8s.io/kubernetes/cmd/kubelet/app',
      'cmd/kubelet/app/server.go:12:3: undefined: x',
      'cmd/kubelet/app/server.go:40:17: undefined: y',
      'cmd/kubelet/app/options.go:9:2: imported and not used: "fmt"',
      ...after,
    ]);

    expect(error).toMatchObject({
      message:
        'Building Kubernetes v1.35.0: the source does not compile: cmd/kubelet/app/server.go:12:3: undefined: x (and 2 more)',
      hint: expect.stringContaining('Mend the source of v1.35.0'),
      detail: { logFile: '/d/x.log' },
      excerpt: [
        '# k8s.io/kubernetes/cmd/kubelet/app',
        'cmd/kubelet/app/server.go:12:3: undefined: x',
        'cmd/kubelet/app/server.go:40:17: undefined: y',
        'cmd/kubelet/app/options.go:9:2: imported and not used: "fmt"',
      ],
    });
  });

  it('takes the word killed in a name for no sign of the kernel', () => {
    const error = explained(['# x', 'pkg/a.go:1:2: undefined: killed', ...after]);

    expect(error).toMatchObject({ message: expect.stringContaining('undefined: killed') });
  });

  it.each([
    'pkg/oom/oom.go:12:3: cannot use "no space left on device" (untyped string constant) as int value',
    'pkg/oom/oom.go:12:3: undefined: Killed // Out of memory',
  ])('takes the words of the source for what they are: %s', (line) => {
    const error = explained(['# k8s.io/kubernetes/pkg/oom', line, ...after]);

    expect(error).toMatchObject({ message: expect.stringContaining('does not compile: pkg/oom/oom.go:12:3') });
  });

  it.each([
    '    eviction_test.go:44: write /var/log: no space left on device',
    '    eviction_test.go:44: the pod was Killed by the kernel: Out of memory',
    'E1122 22:00:00.123456   4711 eviction.go:44] "Evicting" err="signal: killed"',
    'the container web was Killed and started again',
  ])('takes what a test logs for no trouble of the build: %s', (line) => {
    const error = explained([
      '=== RUN   TestEviction',
      line,
      '    --- FAIL: TestEviction/disk (0.00s)',
      '--- FAIL: TestEviction (0.01s)',
      '=== FAIL: pkg/quota TestQuota (0.02s)',
      '=== FAIL: pkg/quota TestQuota/pods (0.02s)',
      'FAIL\tk8s.io/kubernetes/pkg/kubelet/eviction\t0.044s',
      ...after,
    ]);

    expect(error).toMatchObject({
      message: 'Building Kubernetes v1.35.0: the source’s own tests fail: TestEviction (and 1 more)',
      hint: expect.stringContaining('KUBE_RELEASE_RUN_TESTS'),
    });
  });

  it('blames the memory rather than the errors that follow from it', () => {
    const error = explained([
      'k8s.io/kubernetes/cmd/kubelet: link: signal: killed',
      'ERROR: failed to solve: gcr.io/x: failed to do request: dial tcp: i/o timeout',
      ...after,
    ]);

    expect(error).toMatchObject({ message: expect.stringContaining('out of memory') });
  });

  it.each([
    { exitCode: 137, oomKilled: false },
    { exitCode: 2, oomKilled: true },
  ])('believes the state of the container, of which the output says nothing: %j', (container) => {
    const error = explained(['something odd', ...after], { container });

    expect(error).toMatchObject({ message: expect.stringContaining('ran out of memory') });
  });

  it('does not blame the memory for a container that ended by itself', () => {
    const container = { exitCode: 2, oomKilled: false };

    const error = explained(['# x', 'a.go:1:2: undefined: x', ...after], { container });

    expect(error).toMatchObject({ message: expect.stringContaining('does not compile') });
  });

  it('says where a build stood that took too long, and which setting allows more', () => {
    const lines = [
      '+++ [1122 22:38:02] Building go targets for linux/amd64',
      '    k8s.io/kubernetes/cmd/kubelet (non-static)',
    ];

    const error = explainBuild(new ProcessError('deadline', `${ended}: not done after 6 hours`, lines), identity);

    expect(error).toMatchObject({
      message: expect.stringMatching(/not done after 6 hours, at cmd\/kubelet$/),
      hint: expect.stringContaining('kubernetes.within'),
    });
  });

  it('suspects the registry when a build fell silent before it compiled', () => {
    const lines = ["Unable to find image 'registry.k8s.io/build-image/kube-cross:v1' locally"];

    const error = explainBuild(new ProcessError('inactive', 'Building: nothing was heard', lines), identity);

    expect(error).toMatchObject({
      message: 'Building: nothing was heard, at pull of kube-cross:v1',
      hint: expect.stringMatching(/registries.*kubernetes\.silence/),
    });
  });

  it('shows the telling line of a failure that it does not know, and where the log is', () => {
    const error = explained(["cp: cannot stat '_output/dockerized/bin/linux/amd64/kubelet'", ...after]);

    expect(error).toMatchObject({
      message: `${ended} (cp: cannot stat '_output/dockerized/bin/linux/amd64/kubelet')`,
      hint: expect.stringContaining('/d/x.log'),
    });
  });

  it('suspects the memory when the container ended in the middle of compiling without a word', () => {
    const error = explained([
      'v1.35.0: Pulling from build-image/kube-cross',
      '+++ [1122 22:38:02] Building go targets for linux/amd64',
      '    k8s.io/kubernetes/cmd/kubelet (non-static)',
      'k8s.io/kubernetes/pkg/kubelet/cm',
      ...after,
    ]);

    expect(error).toMatchObject({
      message: expect.stringMatching(
        /the container that compiled was ended from outside, most likely for want of memory$/,
      ),
      hint: expect.stringContaining('8 GB'),
    });
  });

  it('suspects nothing when packing ended without a word', () => {
    const error = explained(['+++ [1122 22:38:02] Building tarball: src', ...after]);

    expect(error).toMatchObject({ message: expect.not.stringContaining('memory') });
  });

  it('suspects the memory when make itself was killed', () => {
    const error = explainBuild(new ProcessError('killed', 'make was ended by SIGKILL', []), identity);

    expect(error).toMatchObject({ hint: expect.stringContaining('memory') });
  });

  it('leaves alone what is no end of a build', () => {
    const missing = new ProcessError('missing', 'Building: make is not installed', []);
    const abort = new Error('cancelled');

    expect(explainBuild(missing, identity)).toBe(missing);
    expect(explainBuild(abort, identity)).toBe(abort);
  });
});
