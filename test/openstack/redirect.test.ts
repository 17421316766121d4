import { describe, expect, it } from 'vitest';
import { pathBelow } from '../../src/openstack/redirect.ts';

const endpoint = 'https://cloud.example.org/orchestration/v1/p1';

describe('where a redirect leads below the endpoint', () => {
  it.each<[string, string, string[], string]>([
    ['as it is', 'https://cloud.example.org/orchestration/v1/p1/stacks/a/1', ['stacks', 'a', '1'], ''],
    ['without TLS', 'http://cloud.example.org/orchestration/v1/p1/stacks/a/1', ['stacks', 'a', '1'], ''],
    ['behind the proxy', 'http://10.0.0.5:8004/v1/p1/stacks/a/1?x=y', ['stacks', 'a', '1'], '?x=y'],
    ['without a host', '/orchestration/v1/p1/stacks/a%2Fb', ['stacks', 'a/b'], ''],
  ])('is found when written %s', (_case, location, path, query) => {
    expect(pathBelow(endpoint, location)).toEqual({ path, query });
  });

  it.each([undefined, 'http://evil.example/steal', 'https://cloud.example.org/orchestration/v1/p2/stacks', 'http://['])(
    'is nowhere for %s',
    (location) => {
      expect(pathBelow(endpoint, location)).toBeUndefined();
    },
  );
});
