import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../src/playground/cloud/http/exchange.ts';
import { matchRoutes } from '../../../../src/playground/cloud/http/match-route.ts';

function route(path: string): Route {
  return { method: 'GET', path, open: () => ({ status: 200 }) };
}

const routes = [route('/v1/:account/:container/*object'), route('/v1/:account/:container'), route('/v1/fixed/part')];

describe('the route of a path', () => {
  it.each([
    ['/v1/a/c', [{ account: 'a', container: 'c' }]],
    ['/v1/a/c/dir/o%20o', [{ account: 'a', container: 'c', object: 'dir/o o' }]],
    ['/v1/fixed/part', [{ account: 'fixed', container: 'part' }, {}]],
    ['/v1/a', []],
    ['/v1/a/', []],
    ['/v2/a/c', []],
  ])('is found for %s, with what it captures', (path, expected) => {
    const matches = matchRoutes(routes, path);

    expect(matches.map(({ params }) => params)).toEqual(expected);
  });
});
