import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudOptions, PlaygroundCloud } from '../../../src/playground/cloud/cloud.ts';
import { at, eventually, logIn, type Person, request, testCloud } from './support.ts';

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIHTpLrRxZcLj6qk8l8xGJ0v4hEcdmfZPTO3VZmKHZsP somebody';

let cloud: PlaygroundCloud;
let demo: Person;

beforeEach(async () => {
  await start();
});
afterEach(() => cloud.close());

async function start(options: Partial<CloudOptions> = {}): Promise<void> {
  cloud = await testCloud(options);
  demo = await logIn(cloud);
}

/** The same cloud with other options. */
async function restart(options: Partial<CloudOptions>): Promise<void> {
  await cloud.close();
  await start(options);
}

describe('the cloud of the playground', () => {
  it('takes everything with it when it closes', async () => {
    const work = dirname(cloud.cloudsFile);
    const address = cloud.authUrl;

    await cloud.close();

    expect(existsSync(work)).toBe(false);
    await expect(request('GET', address)).rejects.toThrow();
    await start();
  });

  it('writes a clouds.yaml that only its owner can read', () => {
    const { mode } = statSync(cloud.cloudsFile);

    expect(mode & 0o777).toBe(0o600);
  });

  it.each(['compute', 'network', 'orchestration', 'image', 'object-store'])(
    'refuses an unknown token at %s with a 401, whatever the path',
    async (service) => {
      const answers = await Promise.all(
        ['', '/no/such/path'].map((path) =>
          request('GET', `${demo.endpoint(service)}${path}/x`, undefined, { 'x-auth-token': 'gAAAA' }),
        ),
      );

      expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    },
  );

  it('forgets a token when its time is over', async () => {
    await restart({ tokenLifetimeMs: 50 });

    const first = await demo.ask('network', 'GET', '/v2.0/networks');
    const later = await eventually(async () => {
      const answer = await demo.ask('network', 'GET', '/v2.0/networks');
      return answer.status === 200 ? undefined : answer;
    });

    expect(first.status).toBe(200);
    expect(later.status).toBe(401);
  });
});

describe('Swift', () => {
  it('keeps a large object in a file and gives it back unchanged', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'slipway-test-'));
    await restart({ directory });
    const content = randomBytes(2 * 1024 * 1024);
    await demo.ask('object-store', 'PUT', '/box');

    await demo.ask('object-store', 'PUT', '/box/large', new Uint8Array(content));
    const files = readdirSync(directory).length;
    const response = await fetch(`${demo.endpoint('object-store')}/box/large`, {
      headers: { 'x-auth-token': demo.token },
    });
    const back = Buffer.from(await response.arrayBuffer());
    await demo.ask('object-store', 'DELETE', '/box/large');

    expect(files).toBe(2);
    expect(back.equals(content)).toBe(true);
    expect(readdirSync(directory)).toEqual(['clouds.yaml']);
    await rm(directory, { recursive: true });
  });

  it.each([
    ['the path of the URL', (path: string) => path],
    ['the path from /v1 on, as the tools of Swift sign it', (path: string) => path.replace('/swift', '')],
  ])('takes a signature of %s', async (_, signedPath) => {
    await demo.ask('object-store', 'PUT', '/box', undefined, { 'x-container-meta-temp-url-key': 'key' });
    await demo.ask('object-store', 'PUT', '/box/o', 'hello');
    const url = new URL(`${demo.endpoint('object-store')}/box/o`);
    const signature = createHmac('sha256', 'key')
      .update(`GET\n4000000000\n${signedPath(url.pathname)}`)
      .digest('hex');
    url.search = `temp_url_sig=${signature}&temp_url_expires=4000000000`;

    const got = await request('GET', url.href);
    const put = await request('PUT', url.href, 'other');
    const unsigned = await request('GET', `${url.origin}${url.pathname}`);

    expect(got).toMatchObject({ status: 200, body: 'hello' });
    expect([put.status, unsigned.status]).toEqual([401, 401]);
  });

  it('hides the project from a person of another', async () => {
    const other = await logIn(cloud, 'playground-domain');
    await demo.ask('object-store', 'PUT', '/box');

    const answer = await request('GET', `${demo.endpoint('object-store')}/box`, undefined, {
      'x-auth-token': other.token,
    });

    expect(answer.status).toBe(403);
  });

  it('answers 503 to three uploads when it is told to fail', async () => {
    await restart({ fail: 'swift' });
    await demo.ask('object-store', 'PUT', '/box');

    const statuses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      statuses.push((await demo.ask('object-store', 'PUT', '/box/o', 'hello')).status);
    }

    expect(statuses).toEqual([503, 503, 503, 201]);
  });
});

describe('Nova', () => {
  it('shows user data to an administrator alone, and only from microversion 2.3 on', async () => {
    const id = await makeServer('node', { user_data: Buffer.from('secret').toString('base64') });
    const admin = await logIn(cloud, 'playground-admin');
    const ask = (person: Person, version: string) =>
      person.ask('compute', 'GET', `/servers/${id}`, undefined, { 'openstack-api-version': `compute ${version}` });

    const answers = await Promise.all([ask(demo, '2.3'), ask(admin, '2.1'), ask(admin, '2.3')]);

    const shown = answers.map(({ body }) => at(body, 'server', 'OS-EXT-SRV-ATTR:user_data'));
    expect(shown).toEqual([undefined, undefined, 'c2VjcmV0']);
  });

  it('builds a server a little later, and gives it an address', async () => {
    await restart({ delays: 'short' });
    const { body: made } = await demo.ask('network', 'POST', '/v2.0/networks', { network: { name: 'net' } });
    const network_id = at(made, 'network', 'id');
    await demo.ask('network', 'POST', '/v2.0/subnets', { subnet: { network_id, ip_version: 4, cidr: '10.0.0.0/24' } });

    const id = await makeServer('node', { networks: [{ uuid: network_id }] });
    const { body } = await demo.ask('compute', 'GET', `/servers/${id}`);
    const active = await serverInState(id, 'ACTIVE');

    expect(at(body, 'server', 'status')).toBe('BUILD');
    expect(at(active, 'addresses', 'net', 0, 'addr')).toBe('10.0.0.2');
  });

  it('finds no host for the control plane when it is told to fail, and one for the next', async () => {
    await restart({ fail: 'stack' });

    const node = await serverInState(await makeServer('demo-node-1'), 'ACTIVE');
    const first = await serverInState(await makeServer('demo-control-plane'), 'ERROR');
    const second = await serverInState(await makeServer('demo-control-plane'), 'ACTIVE');

    expect(at(first, 'fault', 'message')).toContain('No valid host was found');
    expect([node, second]).toMatchObject([{ status: 'ACTIVE' }, { status: 'ACTIVE' }]);
  });

  it('knows a key by its fingerprint, for its user alone', async () => {
    const other = await logIn(cloud, 'playground-domain');

    const made = await demo.ask('compute', 'POST', '/os-keypairs', {
      keypair: { name: 'mine', public_key: publicKey },
    });
    const again = await demo.ask('compute', 'POST', '/os-keypairs', {
      keypair: { name: 'mine', public_key: publicKey },
    });
    const theirs = await other.ask('compute', 'GET', '/os-keypairs/mine');

    expect(at(made.body, 'keypair', 'fingerprint')).toBe('bf:05:da:b6:23:6f:b4:6c:b7:91:1f:ae:4c:b6:c4:e4');
    expect([again.status, theirs.status]).toEqual([409, 404]);
  });

  async function makeServer(name: string, more: object = {}): Promise<string> {
    const { body: image } = await demo.ask('image', 'POST', '/v2/images', { name: 'image' });
    const imageRef = at(image, 'id');
    await demo.ask('image', 'PUT', `/v2/images/${imageRef}/file`, 'data', {
      'content-type': 'application/octet-stream',
    });
    const { body: flavors } = await demo.ask('compute', 'GET', '/flavors');
    const flavorRef = at(flavors, 'flavors', 0, 'id');
    const answer = await demo.ask('compute', 'POST', '/servers', { server: { name, imageRef, flavorRef, ...more } });
    return String(at(answer.body, 'server', 'id'));
  }

  function serverInState(id: string, status: string): Promise<unknown> {
    return eventually(async () => {
      const { body } = await demo.ask('compute', 'GET', `/servers/${id}`);
      return at(body, 'server', 'status') === status ? at(body, 'server') : undefined;
    });
  }
});

describe('Glance', () => {
  it('leaves an image queued when its store is full', async () => {
    await restart({ fail: 'image' });
    const { body } = await demo.ask('image', 'POST', '/v2/images', { name: 'image' });
    const path = `/v2/images/${at(body, 'id')}`;

    const upload = await demo.ask('image', 'PUT', `${path}/file`, 'data', {
      'content-type': 'application/octet-stream',
    });
    const image = await demo.ask('image', 'GET', path);

    expect(upload.status).toBe(413);
    expect(at(image.body, 'status')).toBe('queued');
  });
});

describe('Neutron', () => {
  it('gives floating IPs of this machine, and none to a port that no router leads to', async () => {
    const external = await networkId('gateway');
    const { body: made } = await demo.ask('network', 'POST', '/v2.0/networks', { network: { name: 'net' } });
    const network_id = at(made, 'network', 'id');
    const subnet = await demo.ask('network', 'POST', '/v2.0/subnets', {
      subnet: { network_id, ip_version: 4, cidr: '10.0.0.0/24' },
    });
    const port = await demo.ask('network', 'POST', '/v2.0/ports', { port: { network_id } });
    const floatingip = { floating_network_id: external, port_id: at(port.body, 'port', 'id') };

    const early = await demo.ask('network', 'POST', '/v2.0/floatingips', { floatingip });
    const router = await demo.ask('network', 'POST', '/v2.0/routers', {
      router: { external_gateway_info: { network_id: external } },
    });
    const id = at(router.body, 'router', 'id');
    await demo.ask('network', 'PUT', `/v2.0/routers/${id}/add_router_interface`, {
      subnet_id: at(subnet.body, 'subnet', 'id'),
    });
    const late = await demo.ask('network', 'POST', '/v2.0/floatingips', { floatingip });
    const removal = await demo.ask('network', 'DELETE', `/v2.0/networks/${network_id}`);

    expect(early).toMatchObject({
      status: 404,
      body: { NeutronError: { type: 'ExternalGatewayForFloatingIPNotFound' } },
    });
    expect(at(late.body, 'floatingip', 'floating_ip_address')).toMatch(/^127\.\d+\.5\./);
    expect(removal).toMatchObject({ status: 409, body: { NeutronError: { type: 'NetworkInUse' } } });
  });

  async function networkId(name: string): Promise<unknown> {
    const { body } = await demo.ask('network', 'GET', `/v2.0/networks?name=${name}`);
    return at(body, 'networks', 0, 'id');
  }
});
