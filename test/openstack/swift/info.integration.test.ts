import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { swiftInfo } from '../../../src/openstack/swift/info.ts';
import { signObjectUrl } from '../../../src/openstack/swift/temp-url.ts';
import { ensureTempUrlKey } from '../../../src/openstack/swift/temp-url-key.ts';
import { Secret } from '../../../src/secret.ts';
import { answer, StandIn } from '../stand-in.ts';

describe('what a Swift says it can do', () => {
  let standIn: StandIn;
  let cloud: ReturnType<StandIn['connect']>;

  beforeEach(async () => {
    standIn = await StandIn.start();
    cloud = standIn.connect();
  });
  afterEach(async () => {
    await cloud.close();
    await standIn.close();
  });

  function says(info: object): void {
    standIn.respond = (_request, response) => answer(response, 200, info);
  }
  function sign(): Promise<string> {
    const key = new Secret('key');
    return signObjectUrl(cloud.swift, { container: 'c', object: 'o', key, lifetimeMs: 1000 });
  }

  it('is asked once a connection, beside the address of the account', async () => {
    says({ swift: { max_file_size: 1000, version: '2.30.1' }, slo: { max_manifest_segments: 7, min_segment_size: 3 } });

    await swiftInfo(cloud.swift);

    expect(await swiftInfo(cloud.swift)).toEqual({
      maxFileSize: 1000,
      segments: { maxCount: 7, minSize: 3, maxManifestSize: 8_388_608 },
      ceph: false,
    });
    expect(standIn.received.map(({ url }) => url)).toEqual(['/info']);
  });

  it.each([403, 404])('is taken to be what is usual when the answer is %s', async (status) => {
    standIn.respond = (_request, response) => answer(response, status, 'no');

    expect(await swiftInfo(cloud.swift)).toMatchObject({ maxFileSize: 5_368_709_122, segments: { maxCount: 1000 } });
    expect(new URL(await sign()).searchParams.get('temp_url_sig')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is asked again after a Swift that was out of breath', async () => {
    standIn.respond = (_request, response) => answer(response, 503, 'later');
    await expect(swiftInfo(cloud.swift)).rejects.toMatchObject({ status: 503 });

    says({});

    expect(await swiftInfo(cloud.swift)).toEqual({ maxFileSize: 5_368_709_122, ceph: false });
  });

  it.each([
    ['sha256 if it may', ['sha1', 'sha256', 'sha512'], /^[0-9a-f]{64}$/],
    ['sha512 if that is all there is', ['sha512'], /^sha512:/],
  ])('decides how URLs are signed: with %s', async (_case, digests, signature) => {
    says({ tempurl: { methods: ['GET'], allowed_digests: digests } });

    expect(new URL(await sign()).searchParams.get('temp_url_sig')).toMatch(signature);
  });

  it.each([
    ['takes SHA-1 only', { tempurl: { allowed_digests: ['sha1'] } }, 'takes no signature but sha1'],
    ['is older than the choice', { tempurl: {} }, 'takes no signature but sha1'],
    ['knows no signed URLs', {}, 'has no signed URLs'],
  ])('refuses to sign where Swift %s', async (_case, info, reason) => {
    says(info);

    await expect(sign()).rejects.toThrow(reason);
  });

  it('has a Ceph object gateway sign with the key of the account', async () => {
    const kept: Record<string, string> = { 'x-account-meta-temp-url-key': 'of the account' };
    standIn.respond = ({ url }, response) => {
      if (url === '/info') answer(response, 200, { swift: { version: '19.2.0' }, tempurl: { methods: ['GET'] } });
      else response.writeHead(204, kept).end();
    };

    const key = await ensureTempUrlKey(cloud.swift, 'c');

    expect(key.reveal()).toBe('of the account');
    expect(standIn.received.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /info', 'HEAD /v1/p1']);
    expect(new URL(await sign()).searchParams.get('temp_url_sig')).toMatch(/^[0-9a-f]{64}$/);
  });
});
