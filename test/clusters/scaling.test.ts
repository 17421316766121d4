import { describe, expect, it } from 'vitest';
import { chooseLeaving, countProblem } from '../../src/clusters/scaling.ts';

function node(index: number, ready = true) {
  return { name: `staging-node-${index}`, index, ready };
}

describe('which nodes go', () => {
  it.each([
    ['the newest', [node(0), node(1), node(2)], 2, [2, 1]],
    ['the newest by number, and not by name', [node(9), node(10)], 1, [10]],
    ['first those that are not ready', [node(0, false), node(1), node(2)], 2, [0, 2]],
    ['of those that are not ready the newest', [node(0, false), node(1), node(2, false)], 1, [2]],
    ['all, where none is to be left', [node(0), node(1)], 2, [1, 0]],
    ['none, where none has to go', [node(0)], 0, []],
    ['none, where there are to be more', [node(0)], -2, []],
  ])('is decided: %s', (_, nodes, number, expected) => {
    expect(chooseLeaving(nodes, number).map(({ index }) => index)).toEqual(expected);
  });
});

describe('how many nodes a cluster may have', () => {
  it.each([0, 1, 3])('is from none to the most that clusters.yaml allows: %i', (count) => {
    expect(countProblem(count, 3)).toBeUndefined();
  });

  it('says the limit to who asks for more', () => {
    expect(countProblem(4, 3)).toEqual({
      text: '4 nodes are too many: clusters.yaml allows at most 3',
      hint: 'Ask for 3 or fewer, or have nodes.max in clusters.yaml raised',
    });
  });

  it.each([-1, 1.5, Number.NaN])('is a whole number: %s', (count) => {
    expect(countProblem(count, 3)?.hint).toBe('Ask for 0 to 3');
  });
});
