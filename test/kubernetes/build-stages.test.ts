import { describe, expect, it } from 'vitest';
import { type BuildProgress, BuildWatch } from '../../src/kubernetes/build-stages.ts';

const status = (text: string) => `+++ [1122 22:38:51] ${text}`;

/** Where the build stands after each of the lines. */
function progress(...lines: readonly string[]): BuildProgress[] {
  const watch = new BuildWatch();
  return lines.map((line) => watch.see(line));
}

/** As progress, each in a word or two, without repetitions. */
function walk(...lines: readonly string[]): string[] {
  const steps = progress(...lines).map(({ stage, target }) => (target === undefined ? stage : `${stage}: ${target}`));
  return steps.filter((step, index) => step !== steps[index - 1]);
}

describe('BuildWatch', () => {
  it('is not slow with lines that were written to be: with one that is, this takes longer than a test may', () => {
    const lines = Array.from({ length: 150 }, () => status('./'.repeat(8 * 1024)));

    expect(walk(...lines)).toEqual(['images']);
  });

  it('stands at the images before anything was said', () => {
    expect(new BuildWatch().progress).toEqual({ stage: 'images' });
  });

  it('follows a tree of v1.35 and later', () => {
    const steps = walk(
      status('Verifying Prerequisites....'),
      status('Running build command...'),
      "Unable to find image 'registry.k8s.io/build-image/kube-cross:v1.35.0' locally",
      'v1.35.0: Pulling from build-image/kube-cross',
      'Digest: sha256:0123',
      status('Building go targets for linux/amd64'),
      '    k8s.io/kubernetes/cmd/kubelet (non-static)',
      '    k8s.io/component-base/logs/kube-log-runner (static)',
      status('Building go targets for linux/amd64'),
      '    k8s.io/kubernetes/test/e2e/e2e.test (test)',
      status('Building tarball: src'),
      status('Starting tarball: client linux-amd64'),
      status('Waiting on tarballs'),
      status('Building images: linux-amd64'),
      status('Starting docker build for image: kube-controller-manager-linux-amd64'),
      status('Deleting docker image registry.k8s.io/kube-controller-manager-amd64:v1.35.0'),
      status('Docker builds done'),
      status('Building tarball: server linux-amd64'),
      status('Building tarball: test portable'),
    );

    expect(steps).toEqual([
      'images',
      'images: pull of kube-cross:v1.35.0',
      'images: pull of kube-cross',
      'compile: linux/amd64',
      'compile: cmd/kubelet',
      'compile: cmd/kubelet and 1 more',
      'compile: linux/amd64',
      'compile: test/e2e/e2e.test',
      'package: src',
      'package: client linux-amd64',
      'package: images',
      'package: kube-controller-manager image',
      'package: server linux-amd64',
      'package: test portable',
    ]);
  });

  it('follows a tree before v1.35', () => {
    const steps = walk(
      status('Verifying Prerequisites....'),
      status('Building Docker image kube-build:build-ae6d8ef3d5-5-v1.31.0-go1.22.6-bullseye.0'),
      status('Creating data container kube-build-data-ae6d8ef3d5-5-v1.31.0-go1.22.6-bullseye.0'),
      status('Syncing sources to container'),
      status('Running build command...'),
      status('Building go targets for linux/amd64:'),
      '    ./vendor/k8s.io/code-generator/cmd/deepcopy-gen',
      status('Syncing out of container'),
      status('Building tarball: manifests'),
    );

    expect(steps).toEqual([
      'images',
      'images: kube-build image',
      'images: data container',
      'images: sources',
      'images',
      'compile: linux/amd64',
      'compile: k8s.io/code-generator/cmd/deepcopy-gen',
      'package: what was compiled',
      'package: manifests',
    ]);
  });

  it('names the platform from the second one on', () => {
    const steps = walk(
      status('Building go targets for linux/amd64'),
      '    k8s.io/kubernetes/cmd/kubectl (static)',
      status('Building go targets for linux/arm64'),
      '    k8s.io/kubernetes/cmd/kubectl (static)',
    );

    expect(steps).toEqual([
      'compile: linux/amd64',
      'compile: cmd/kubectl',
      'compile: linux/arm64',
      'compile: cmd/kubectl for linux/arm64',
    ]);
  });

  it('follows platforms that are compiled side by side', () => {
    const steps = walk(
      status(
        'Building go targets for {linux/amd64 linux/arm64} in parallel (output will appear in a burst when complete):',
      ),
      status('linux/arm64: build started'),
      status('linux/amd64: build finished'),
    );

    expect(steps).toEqual(['compile: linux/amd64 linux/arm64', 'compile: linux/arm64', 'compile: linux/amd64']);
  });

  it('takes the package that Go names when it is asked to', () => {
    const steps = walk(
      status('Building go targets for linux/amd64'),
      '    k8s.io/kubernetes/cmd/kubelet (non-static)',
      'k8s.io/kubernetes/pkg/kubelet/cm',
      'go.etcd.io/etcd/client/v3',
    );

    expect(steps.slice(2)).toEqual(['compile: pkg/kubelet/cm', 'compile: go.etcd.io/etcd/client/v3']);
  });

  it('does not go back: neither when tests start a second container, nor for a heading among what is packed', () => {
    const stages = progress(
      status('Building go targets for linux/amd64'),
      status('Running build command...'),
      status('Building tarball: src'),
      status('Building go targets for linux/amd64'),
      status('Verifying Prerequisites....'),
    ).map(({ stage }) => stage);

    expect(stages).toEqual(['compile', 'compile', 'package', 'package', 'package']);
  });

  it('believes headings of the scripts alone', () => {
    const last = progress(
      status('Building go targets for linux/amd64'),
      'Building tarball: server linux-amd64',
      'pkg/a.go:1:2: undefined: Building tarball: src',
      'make: *** [Makefile:92: all] Error 1',
    ).at(-1);

    expect(last).toEqual({ stage: 'compile', target: 'linux/amd64' });
  });
});
