import { describe, expect, it } from 'vitest';
import { BuildFailedError } from '../../src/errors.ts';
import { explainBuild } from '../../src/kubernetes/explain-build.ts';
import { ProcessError } from '../../src/kubernetes/process.ts';

const identity = { doing: 'Building Kubernetes v1.34.2', ref: 'v1.34.2', target: 'quick-release', logFile: '/d/x.log' };

function explained(end: ProcessError['end'], ...lines: string[]): unknown {
  return explainBuild(new ProcessError(end, 'Building Kubernetes v1.34.2: make ended with status 2', lines), identity);
}

describe('explainBuild', () => {
  it.each([
    ['k8s.io/kubernetes/cmd/kubelet: /usr/local/go/pkg/tool/linux_amd64/link: signal: killed', /out of memory/, /8 GB/],
    ['fatal error: runtime: out of memory', /out of memory/, /8 GB/],
    ['write /go/x: no space left on device', /disk is full/, /20 GB/],
    ["make: *** No rule to make target 'quick-release'.  Stop.", /no make target quick-release/, /Kubernetes tree/],
    ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock', /Docker does not answer/, /--queues build/],
  ])('knows what %j means and what to do', (line, message, hint) => {
    const error = explained('status', 'before', line, 'make: *** [Makefile:1: quick-release] Error 2');

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });

  it('takes the blame from make and gives it to the line above', () => {
    const error = explained(
      'status',
      'cmd/kubelet/app/server.go:12: undefined: foo',
      'make: *** [quick-release] Error 1',
    );

    expect(error).toMatchObject({
      message: 'Building Kubernetes v1.34.2: make ended with status 2 (cmd/kubelet/app/server.go:12: undefined: foo)',
      hint: expect.stringContaining('/d/x.log'),
    });
  });

  it('keeps the last lines and the log for the operator', () => {
    expect(explained('status', 'one', 'two')).toMatchObject({ detail: { lines: ['one', 'two'], logFile: '/d/x.log' } });
  });

  it('suspects the memory when make itself was killed', () => {
    expect(explained('killed')).toMatchObject({ hint: expect.stringContaining('memory') });
  });

  it('leaves alone what is no end of a build', () => {
    const missing = new ProcessError('missing', 'Building: make is not installed', []);
    const abort = new Error('cancelled');

    expect(explainBuild(missing, identity)).toBe(missing);
    expect(explainBuild(abort, identity)).toBe(abort);
  });
});
