import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BuildProgress } from '../../../jobs/release/build-progress.ts';

let said: string[];
let progress: BuildProgress;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  progress = new BuildProgress({ tick: ({ text }) => said.push(text) }, [{ stage: 'compile', ms: 24 * 60_000 }]);
});
afterEach(() => {
  progress.close();
  vi.useRealTimers();
});

it('says at once what the build begins with', () => {
  expect(said).toEqual(['fetching the source']);
});

it('goes on counting while the compiler is silent, and says nothing twice', () => {
  progress.enter('compile', 'cmd/kubelet');
  vi.advanceTimersByTime(150_000);

  expect(said.slice(1)).toEqual([
    'compiling cmd/kubelet · last time 24 min',
    'compiling cmd/kubelet · 15 s, last time 24 min',
    'compiling cmd/kubelet · 30 s, last time 24 min',
    'compiling cmd/kubelet · 45 s, last time 24 min',
    'compiling cmd/kubelet · 1 min, last time 24 min',
    'compiling cmd/kubelet · 2 min, last time 24 min',
  ]);
});

it('keeps a target until there is another, and the time of a stage that the build comes back to', () => {
  progress.enter('compile', 'cmd/kubelet');
  vi.advanceTimersByTime(20_000);
  progress.enter('compile');
  vi.advanceTimersByTime(2_000);
  progress.enter('package');
  vi.advanceTimersByTime(2_000);
  progress.enter('compile', 'cmd/kubeadm');
  vi.advanceTimersByTime(2_000);

  expect(said.slice(-3)).toEqual([
    'compiling cmd/kubelet · 15 s, last time 24 min',
    'packaging',
    'compiling cmd/kubeadm · 15 s, last time 24 min',
  ]);
});

it('leaves more than a second between two texts, since a step drops those that come sooner', () => {
  const at: number[] = [];
  progress.close();
  progress = new BuildProgress({ tick: () => at.push(Date.now()) }, []);
  for (const stage of ['images', 'compile', 'package'] as const) {
    progress.enter(stage);
    vi.advanceTimersByTime(2_000);
  }

  const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));

  expect(at).toHaveLength(4);
  expect(Math.min(...pauses)).toBeGreaterThan(1_000);
});

it('says nothing any more once it is closed', () => {
  progress.close();
  progress.enter('package');
  vi.advanceTimersByTime(60_000);

  expect(said).toEqual(['fetching the source']);
});
