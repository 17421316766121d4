import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootStage, server } from './boot-stage.ts';

let stage: BootStage;

beforeEach(async () => {
  stage = await BootStage.open();
});
afterEach(() => stage.close());

/** The variables that tell programs of proxies. */
async function proxyVariables(): Promise<Record<string, string>> {
  const entries = Object.entries(await stage.salt.environment());
  return Object.fromEntries(entries.filter(([name]) => /_proxy$/i.test(name)));
}

describe('the proxies of a first boot', () => {
  it.each([
    ['empty', { http: '', https: '', no: 'example.org' }],
    ['nothing', undefined],
    ['null', { http: null, https: null, no: null }],
  ])('are not used when they are %s', async (_what, proxy) => {
    const { failed } = await stage.boot({ settings: { proxy } });

    expect(failed).toBe(false);
    expect(await proxyVariables()).toEqual({});
    expect(stage.cloud.proxied).toEqual([]);
  });

  it('are asked for what is not excepted, and told to the states', async () => {
    const proxy = { http: stage.cloud.url, https: '', no: 'example.org,127.0.0.2' };
    const url = stage.cloud.signed(server, 'http://swift.invalid');
    const objects = [stage.described(server, { url }), ...stage.release().slice(1)];
    const programs = await stage.program('uname', '#!/bin/sh\necho staging-node-abcde\n');

    const { failed } = await stage.boot({ objects, settings: JSON.stringify({ proxy }) }, { programs });

    expect(failed).toBe(false);
    expect(stage.cloud.proxied).toEqual(['swift.invalid']);
    const no = 'example.org,127.0.0.2,localhost,127.0.0.1,staging-node-abcde,10.123.0.5';
    expect(await proxyVariables()).toEqual({
      http_proxy: stage.cloud.url,
      HTTP_PROXY: stage.cloud.url,
      no_proxy: no,
      NO_PROXY: no,
    });
  });
});
