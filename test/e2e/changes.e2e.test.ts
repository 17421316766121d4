import { describe } from 'vitest';
import { changedCluster } from './changes.ts';

describe('a cluster that is changed', () => {
  changedCluster({ cloud: 'playground', args: [], withinMs: 400_000 });
});
