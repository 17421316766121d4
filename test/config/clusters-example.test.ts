import { describe, expect, it } from 'vitest';
import { readClustersFile } from '../../src/config/clusters-file.ts';

describe('clusters.example.yaml', () => {
  it('is a valid clusters.yaml', () => {
    const problems: string[] = [];

    const file = readClustersFile('clusters.example.yaml', problems);

    expect(problems).toEqual([]);
    expect([...(file?.clusters.keys() ?? [])]).toEqual(['staging']);
  });
});
