import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../src/clusters/change.ts';
import { stagingSpec } from '../support/fixtures.ts';

describe('in what two specs of a cluster differ', () => {
  it('is nothing for the same', () => {
    expect(changesBetween(stagingSpec, { ...stagingSpec, lifetime: {} })).toEqual([]);
  });

  it('is told by what may be asked for, before and after', () => {
    const after = {
      ...stagingSpec,
      kubernetes: { ...stagingSpec.kubernetes, version: 'v1.35.0' },
      nodes: { ...stagingSpec.nodes, count: 3 },
      lifetime: { defaultMs: 60_000 },
    };

    expect(changesBetween(stagingSpec, after)).toEqual([
      { what: 'version', from: 'v1.34.2', to: 'v1.35.0' },
      { what: 'nodes', from: 1, to: 3 },
      { what: 'ttl', to: 60_000 },
    ]);
  });
});
