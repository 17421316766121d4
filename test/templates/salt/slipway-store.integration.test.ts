import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../openstack/certificates.ts';
import { joinData, tomorrow, yesterday } from './support/join-data.ts';
import type { Exit } from './support/machine.ts';
import { newWorkshop, type Workshop } from './support/run-program.ts';
import { type StoreServer, signature, startStoreServer } from './support/store-server.ts';

let workshop: Workshop;
let store: StoreServer;

beforeEach(async () => {
  workshop = await newWorkshop('store/files/slipway-store');
  store = await startStoreServer();
  await setUrls({ join_node_get: store.url('join/node.json'), report_put: store.url('report.json') });
});

afterEach(async () => {
  await workshop.remove();
  await store.close();
});

function setUrls(urls: Record<string, string>): Promise<string> {
  return workshop.write('etc/store.json', JSON.stringify(urls));
}

async function run(...args: string[]): Promise<Exit> {
  return runWith({}, ...args);
}

/** Whatever happens, nobody may learn a URL from it. */
async function runWith(env: Record<string, string>, ...args: string[]): Promise<Exit> {
  const exit = await workshop.run('slipway-store', args, { SLIPWAY_STORE: workshop.path('etc/store.json'), ...env });
  expect(exit.stdout + exit.stderr).not.toContain(signature);
  expect(exit.stdout).toBe('');
  return exit;
}

describe('slipway-store get', () => {
  it('fetches an object into a file of root alone', async () => {
    store.objects.set('join/node.json', 'content');

    const exit = await run('get', 'join_node_get', workshop.path('new/file'));

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await workshop.read('new/file')).toBe('content');
    expect((await stat(workshop.path('new/file'))).mode & 0o777).toBe(0o600);
  });

  it('fetches by the URLs of another file, too', async () => {
    store.archives.set('release.tar.gz', Buffer.alloc(3_000_000, 'x'));
    const urls = await workshop.write('urls.json', JSON.stringify({ release: store.url('release.tar.gz') }));

    const exit = await run('get', 'release', workshop.path('file'), '--urls', urls);

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect((await stat(workshop.path('file'))).size).toBe(3_000_000);
  });

  it('does not take a part of an object for all of it, and leaves nothing of it', async () => {
    const broken = createHttpServer((_request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('part', () => response.destroy());
    }).listen(0, '127.0.0.1');
    await once(broken, 'listening');
    await setUrls({ join_node_get: `http://127.0.0.1:${(broken.address() as AddressInfo).port}/?${signature}` });

    const exit = await run('get', 'join_node_get', workshop.path('new/file'));
    broken.close();

    expect(exit).toMatchObject({ status: 1, stderr: 'get join_node_get: it came to an early end, 6 times\n' });
    expect(await readdir(workshop.path('new'))).toEqual([]);
  });

  it('tells by its status that there is no such object, at once', async () => {
    const exit = await run('get', 'join_node_get', workshop.path('file'));

    expect(exit.status).toBe(3);
    expect(exit.stderr).toBe('get join_node_get: there is no such object\n');
    expect(store.requests).toHaveLength(1);
  });

  it('does not ask again after a refusal', async () => {
    store.statuses.set('join/node.json', 401);

    const exit = await run('get', 'join_node_get', workshop.path('file'));

    expect(exit.status).toBe(1);
    expect(exit.stderr).toBe('get join_node_get: Swift answered 401; the signed URL may have expired\n');
    expect(store.requests).toHaveLength(1);
  });

  it('asks several times when Swift is in trouble', async () => {
    store.statuses.set('join/node.json', 503);

    const exit = await run('get', 'join_node_get', workshop.path('file'));

    expect(exit).toMatchObject({ status: 1, stderr: 'get join_node_get: Swift answered 503, 6 times\n' });
    expect(store.requests).toHaveLength(6);
  });

  it('says that nobody listens', async () => {
    const free = await startStoreServer();
    await free.close();
    await setUrls({ join_node_get: free.url('join/node.json') });

    const exit = await run('get', 'join_node_get', workshop.path('file'));

    expect(exit.stderr).toBe('get join_node_get: no connection to Swift (Connection refused), 6 times\n');
  });

  it.each([
    ['get another_get', { join_node_get: 'https://x' }, 'this server may not another_get: STORE has no such URL'],
    ['get join_node_get', { join_node_get: 'no url' }, 'the URL is not one'],
    [
      'get join_node_get',
      { join_node_get: `http://127.0.0.1:1/a b?${signature}` },
      'no answer from Swift (InvalidURL), 6 times',
    ],
  ])('says why it cannot %s by %j', async (command, urls, reason) => {
    await setUrls(urls);

    const exit = await run(...command.split(' '), workshop.path('file'));

    expect(exit.status).toBe(1);
    expect(exit.stderr).toBe(`${command}: ${reason.replace('STORE', workshop.path('etc/store.json'))}\n`);
  });
});

describe('slipway-store put', () => {
  it('keeps a file as the object', async () => {
    const file = await workshop.write('report', '{"at":"now"}');

    const exit = await run('put', 'report_put', file);

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(store.objects.get('report.json')).toBe('{"at":"now"}');
  });

  it('says which file is not there', async () => {
    const exit = await run('put', 'report_put', workshop.path('report'));

    expect(exit.stderr).toBe(`put report_put: ${workshop.path('report')}: No such file or directory\n`);
  });
});

describe('slipway-store wait', () => {
  it('fetches an object as soon as it is there', async () => {
    const waiting = run('wait', 'join_node_get', workshop.path('file'), '--seconds', '60');
    await expect.poll(() => store.requests.length, { timeout: 20_000 }).toBeGreaterThan(1);
    store.objects.set('join/node.json', 'content');

    expect((await waiting).status).toBe(0);
    expect(await workshop.read('file')).toBe('content');
  });

  it('waits on while Swift is in trouble, and says in the end what it was', async () => {
    store.statuses.set('join/node.json', 500);

    const exit = await run('wait', 'join_node_get', workshop.path('file'), '--seconds', '2');

    expect(exit.stderr).toBe('wait join_node_get: waited 2 seconds in vain: Swift answered 500\n');
    expect(store.requests.length).toBeGreaterThan(1);
  });

  it('takes join data only while they are good, if it is told so', async () => {
    store.objects.set('join/node.json', joinData(yesterday));
    const options = ['--seconds', '0', '--unexpired'];

    const old = await run('wait', 'join_node_get', workshop.path('file'), ...options);
    store.objects.set('join/node.json', joinData(tomorrow));
    const fresh = await run('wait', 'join_node_get', workshop.path('file'), ...options);

    expect(old.stderr).toBe('wait join_node_get: waited 0 seconds in vain: it was out of date\n');
    expect(fresh.status).toBe(0);
  });
});

describe('slipway-store over TLS', () => {
  const authority = new Authority('Authority of the tests');

  afterAll(() => authority.close());

  async function withServer(work: (url: string) => Promise<void>): Promise<void> {
    const server = createServer(authority.issue('localhost'), (_request, response) => response.end('content'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await work(`https://localhost:${(server.address() as AddressInfo).port}/object?${signature}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it('trusts the authority that lies beside its URLs, and no other', async () => {
    await withServer(async (url) => {
      await setUrls({ join_node_get: url });

      const before = await run('get', 'join_node_get', workshop.path('file'));
      await workshop.write('etc/ca.pem', authority.ca);
      const after = await run('get', 'join_node_get', workshop.path('file'));

      expect(before.status).toBe(1);
      expect(before.stderr).toMatch(/^get join_node_get: the certificate of Swift is not trusted: .+\n$/);
      expect(after).toEqual({ status: 0, stdout: '', stderr: '' });
    });
  });

  it('goes by the proxy of its environment, unless the host is excepted', async () => {
    store.objects.set('join/node.json', 'content');
    // Nobody listens there, so going by it is seen from the failure.
    const nowhere = 'http://127.0.0.1:9';

    const proxied = await runWith({ http_proxy: nowhere }, 'get', 'join_node_get', workshop.path('file'));
    const excepted = await runWith(
      { http_proxy: nowhere, no_proxy: '127.0.0.1' },
      ...['get', 'join_node_get', workshop.path('file')],
    );

    expect(proxied.status).toBe(1);
    expect(excepted.status).toBe(0);
  });
});
