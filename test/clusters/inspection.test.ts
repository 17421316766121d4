import { describe, expect, it } from 'vitest';
import { choiceName, choicesNamed, choicesOf } from '../../src/clusters/inspection.ts';
import { stagingSpec } from '../support/fixtures.ts';

const choices = choicesOf([
  { ...stagingSpec, cloud: 'mycloud' },
  { ...stagingSpec, cloud: 'mycloud' },
  { ...stagingSpec, cloud: 'mycloud', swift: { cloud: 'Store' } },
  { ...stagingSpec, cloud: undefined },
]);

describe('the clouds of clusters.yaml', () => {
  it('are each told once', () => {
    expect(choices.map(choiceName)).toEqual(['mycloud', 'mycloud with objects in Store', 'environment']);
  });

  it.each([
    ['mycloud', ['mycloud', 'mycloud with objects in Store']],
    ['store', ['mycloud with objects in Store']],
    ['environment', ['environment']],
    ['other', []],
  ])('are found by the name %s', (name, found) => {
    expect(choicesNamed(name, choices).map(choiceName)).toEqual(found);
  });
});
