import { beforeEach, expect, it } from 'vitest';
import { StageClock } from '../../src/kubernetes/stage-clock.ts';

let now: number;
let clock: StageClock;

beforeEach(() => {
  now = 1_000;
  clock = new StageClock(() => now);
});

function pass(ms: number): void {
  now += ms;
}

it('adds up the time of each stage, also of the one that goes on and of one that comes back', () => {
  clock.enter('fetch');
  pass(100);
  clock.enter('images');
  pass(20);
  clock.enter('images');
  pass(30);
  clock.enter('compile');
  pass(400.4);
  clock.enter('images');
  pass(5);

  expect(clock.times()).toEqual([
    { stage: 'fetch', ms: 100 },
    { stage: 'images', ms: 55 },
    { stage: 'compile', ms: 400 },
  ]);
});

it('does not count what is spent waiting', () => {
  clock.enter('fetch');
  pass(100);
  clock.pause();
  pass(5_000);
  clock.enter('images');
  pass(10);
  clock.pause();

  expect(clock.times()).toEqual([
    { stage: 'fetch', ms: 100 },
    { stage: 'images', ms: 10 },
  ]);
});

it('has no times before the first stage', () => {
  clock.pause();

  expect(clock.times()).toEqual([]);
});
