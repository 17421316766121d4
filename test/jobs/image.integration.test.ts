import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { image } from '../../jobs/image.ts';
import type { Run } from '../../jobs/run.ts';
import type { ImageSpec } from '../../src/clusters/cluster-spec.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { createImage, getImage, listImages } from '../../src/openstack/glance/images.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import { deploymentAfter, requestedStaging } from '../support/fixtures.ts';

const content = randomBytes(200_000);
const sha512 = createHash('sha512').update(content).digest('hex');

describe('the image of a cluster', () => {
  const log = silentLogger();
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let mirror: Server;
  let url: string;

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none' });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    mirror = createServer(({ url: path }, response) => {
      if (path === '/image') response.end(content);
      else if (path === '/moved') response.writeHead(302, { location: '/image' }).end();
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(mirror, 'listening');
    url = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await openstack.close();
    await cloud.close();
    mirror.close();
  });

  function make(wanted: ImageSpec) {
    const deployment = deploymentAfter(requestedStaging);
    const step = { checkpoint: async () => undefined, tick: () => undefined };
    const { signal } = new AbortController();
    return image({
      deployment: { ...deployment, spec: { ...deployment.spec, image: wanted } },
      openstack,
      step,
      signal,
    } as unknown as Run);
  }

  it('is downloaded, also from a mirror that sends on, and checked', async () => {
    const made = await make({ name: 'moved', format: 'raw', url: `${url}/moved`, sha512 });

    expect(made).toMatchObject({ name: 'moved', uploaded: true });
    expect(await getImage(openstack.glance, made.id)).toMatchObject({ status: 'active', size: content.length });
  });

  it('is made once: the second deployment finds it', async () => {
    const first = await make({ name: 'once', format: 'raw', url: `${url}/image`, sha512 });

    const second = await make({ name: 'once', format: 'raw', url: `${url}/image`, sha512 });

    expect(second).toEqual({ id: first.id, name: 'once', uploaded: false });
  });

  it('is not taken by its name alone when a digest is asked for', async () => {
    await make({ name: 'pinned', format: 'raw', url: `${url}/image`, sha512 });

    await expect(make({ name: 'pinned', format: 'raw', url: `${url}/image`, sha512: 'f'.repeat(128) })).rejects.toThrow(
      'SHA-512',
    );
  });

  it('leaves nothing half behind: neither its own broken upload nor that of a killed attempt', async () => {
    const tags = ['slipway-staging-1'];
    await createImage(openstack.glance, { name: 'broken', diskFormat: 'raw', containerFormat: 'bare', tags });

    await expect(make({ name: 'broken', format: 'raw', url: `${url}/nothing`, sha512 })).rejects.toThrow(/404|content/);

    expect(await listImages(openstack.glance, { name: 'broken' })).toEqual([]);
  });

  it('names the file that is missing', async () => {
    await expect(make({ name: 'absent', format: 'raw', file: '/nowhere.img' })).rejects.toThrow(
      'the file /nowhere.img is not on this worker',
    );
  });
});
