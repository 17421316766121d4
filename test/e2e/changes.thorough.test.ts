import { describe } from 'vitest';
import { changedCluster } from './changes.ts';

describe('a cluster that is changed on a real OpenStack', () => {
  changedCluster({ cloud: 'lab', args: ['--cloud', 'lab'], withinMs: 900_000 });
});
