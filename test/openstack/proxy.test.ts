import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { proxyFor } from '../../src/openstack/proxy.ts';

const https = new URL('https://heat.cloud.example.org:8004/v1');
const http = new URL('http://10.1.2.3/v1');

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('the proxy for an address', () => {
  it.each<[string, URL, Record<string, string>, string | undefined]>([
    ['nothing is set', https, {}, undefined],
    ['HTTPS_PROXY is set, for https', https, { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['HTTPS_PROXY is set, for http', http, { HTTPS_PROXY: 'http://p:3128' }, undefined],
    ['HTTP_PROXY is set, for https', https, { HTTP_PROXY: 'http://p:3128' }, undefined],
    ['HTTP_PROXY is set, for http', http, { HTTP_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['ALL_PROXY is set', https, { ALL_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['both cases are set', https, { HTTPS_PROXY: 'http://no', https_proxy: 'http://yes' }, 'http://yes/'],
    ['it has no scheme', https, { https_proxy: 'proxy:3128' }, 'http://proxy:3128/'],
    ['its scheme is in capitals', https, { https_proxy: 'HTTP://p:3128' }, 'http://p:3128/'],
    ['it has a password', https, { https_proxy: 'http://me:s3%2Fcret%25@p:3128' }, 'http://me:s3%2Fcret%25@p:3128/'],
    ['its password has an @', https, { https_proxy: 'me:hunter@2@p:3128' }, 'http://me:hunter%402@p:3128/'],
    ['it is empty', https, { https_proxy: '', HTTPS_PROXY: '' }, undefined],
  ])('when %s', (_case, address, env, expected) => {
    expect(proxyFor(address, env)?.href).toBe(expected);
  });

  it.each<[string, URL, boolean]>([
    ['*', https, true],
    ['heat.cloud.example.org', https, true],
    ['cloud.example.org', https, true],
    ['.example.org', https, true],
    ['*.example.org', https, true],
    ['Example.ORG', https, true],
    ['d.example.org', https, false],
    ['example.org:8004', https, true],
    ['example.org:443', https, false],
    ['one.example, example.org', https, true],
    ['10.1.2.3', http, true],
    ['10.1.0.0/16', http, true],
    ['10.2.0.0/16', http, false],
    ['10.1.2.3:80', http, true],
    ['10.1.2.0/99', http, false],
    ['2', http, false],
    ['fd00::/8', new URL('http://[fd00::1]:80/'), true],
    ['::1', new URL('http://[::1]:5000/'), true],
  ])('is none with NO_PROXY=%s for %s: %s', (noProxy, address, exempt) => {
    const proxy = proxyFor(address, { ALL_PROXY: 'http://p', NO_PROXY: noProxy });

    expect(proxy === undefined).toBe(exempt);
  });

  it.each([
    'socks5://me:hunter2@p:1080',
    'http://me:hunter2/x@10.0.0.1:3128',
    'http://me:2/hunter2@10.0.0.1:3128',
    'http://me:2#hunter2@10.0.0.1:3128',
    'http://me:2?hunter2@10.0.0.1:3128',
    'http://me:2\\hunter2@10.0.0.1:3128',
    'http://me/hunter2@10.0.0.1:3128',
    'http://me:hunter2%off@10.0.0.1:3128',
    'http://hunter2%off:me@10.0.0.1:3128',
    'me:2/hunter2@10.0.0.1:3128',
    'http://me:hunter2@',
    'http://me:hunter2@p:none',
  ])('is refused when it is %s, and the error names the variable and repeats nothing of it', (value) => {
    const error = errorOf(() => proxyFor(https, { HTTPS_PROXY: value }));

    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({
      message: 'The proxy in HTTPS_PROXY cannot be used',
      problems: [expect.stringMatching(/^HTTPS_PROXY is not the address of an HTTP proxy; write http:/)],
    });
    expect(inspect(error, { depth: null })).not.toMatch(/hunter2|10\.0\.0\.1/);
  });
});
