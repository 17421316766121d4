import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createContainer,
  deleteContainer,
  findContainer,
  listContainers,
  setContainerMetadata,
} from '../../src/openstack/swift/containers.ts';
import { getInfo } from '../../src/openstack/swift/info.ts';
import {
  deleteObject,
  findObject,
  findObjectText,
  getObject,
  listObjects,
  putObject,
} from '../../src/openstack/swift/objects.ts';
import { signObjectsUrl, signObjectUrl, signUrl } from '../../src/openstack/swift/temp-url.ts';
import { ensureTempUrlKey } from '../../src/openstack/swift/temp-url-key.ts';
import { type ConnectTo, connection, uniqueName } from './support.ts';

const minuteMs = 60_000;

/** What Slipway relies on in Swift. */
export function swiftContract(connectTo: ConnectTo): void {
  describe('Swift', () => {
    const cloud = connection(connectTo);
    const container = uniqueName('swift');

    beforeAll(() => createContainer(cloud().swift, container));
    afterAll(async () => {
      const { swift } = cloud();
      for (const { name } of await listObjects(swift, container)) await deleteObject(swift, container, name);
      await deleteContainer(swift, container);
    });

    async function put(object: string, content: string, more: { md5?: string } = {}): Promise<{ etag: string }> {
      const bytes = Buffer.from(content);
      return putObject(cloud().swift, {
        container,
        object,
        content: () => Readable.from([bytes]),
        size: bytes.length,
        contentType: 'text/plain',
        ...more,
      });
    }

    it('says how large an object may be, and that URLs can be signed with SHA-256', async () => {
      const info = await getInfo(cloud().swift);

      expect(info.maxFileSize).toBeGreaterThan(1024 ** 3);
      expect(info.tempUrl?.digests).toContain('sha256');
      expect(info.tempUrl?.methods).toEqual(expect.arrayContaining(['GET', 'HEAD', 'PUT']));
    });

    describe('containers', () => {
      it('can be created twice, keep their metadata, and are listed', async () => {
        const { swift } = cloud();
        await setContainerMetadata(swift, container, { Owner: 'contract', Gone: 'soon' });
        await setContainerMetadata(swift, container, { Gone: '' });

        await createContainer(swift, container);

        expect(await findContainer(swift, container)).toMatchObject({
          name: container,
          metadata: { owner: 'contract' },
        });
        expect((await findContainer(swift, container))?.metadata).not.toHaveProperty('gone');
        expect(await listContainers(swift, { prefix: container })).toMatchObject([{ name: container }]);
      });

      it('are undefined when they do not exist, and deleting them is no error', async () => {
        const { swift } = cloud();
        const missing = uniqueName('missing');

        await deleteContainer(swift, missing);

        expect(await findContainer(swift, missing)).toBeUndefined();
        await expect(listObjects(swift, missing)).rejects.toMatchObject({ status: 404 });
        await expect(setContainerMetadata(swift, missing, { a: 'b' })).rejects.toMatchObject({ status: 404 });
      });

      it('cannot be deleted while there is something in them', async () => {
        await put('something', 'content');

        const refused = deleteContainer(cloud().swift, container);

        await expect(refused).rejects.toMatchObject({ service: 'Swift', status: 409 });
      });
    });

    describe('objects', () => {
      it('come back as they were stored, whatever their name', async () => {
        const { swift } = cloud();
        const name = 'releases/v1.2.3/ein Name + 100%? #ü.txt';

        const { etag } = await put(name, 'Grüße');

        expect(etag).toBe(createHash('md5').update('Grüße').digest('hex'));
        expect(await findObject(swift, container, name)).toMatchObject({ size: 7, etag, contentType: 'text/plain' });
        expect(await findObjectText(swift, container, name)).toBe('Grüße');
        expect(await text((await getObject(swift, container, name)).stream)).toBe('Grüße');
      });

      it('keep their own metadata', async () => {
        const { swift } = cloud();
        const metadata = { Sha256: 'abc' };

        await putObject(swift, { container, object: 'm', content: () => Readable.from([]), size: 0, metadata });

        expect(await findObject(swift, container, 'm')).toMatchObject({ size: 0, metadata: { sha256: 'abc' } });
      });

      it('are replaced by a second one of the name', async () => {
        await put('twice', 'one');

        await put('twice', 'two');

        expect(await findObjectText(cloud().swift, container, 'twice')).toBe('two');
      });

      it('are refused when the content is not what was announced, and leave nothing behind', async () => {
        const refused = put('damaged', 'content', { md5: '0'.repeat(32) });

        await expect(refused).rejects.toMatchObject({ status: 422, retryable: true });
        expect(await findObject(cloud().swift, container, 'damaged')).toBeUndefined();
      });

      it('are undefined when they do not exist, and deleting them is no error', async () => {
        const { swift } = cloud();

        await deleteObject(swift, container, 'missing');

        expect(await findObject(swift, container, 'missing')).toBeUndefined();
        expect(await findObjectText(swift, container, 'missing')).toBeUndefined();
        await expect(getObject(swift, container, 'missing')).rejects.toMatchObject({ status: 404 });
      });

      it('cannot be stored in a container that does not exist', async () => {
        const object = { container: uniqueName('missing'), object: 'o', content: () => Readable.from(['x']), size: 1 };

        const refused = putObject(cloud().swift, object);

        await expect(refused).rejects.toMatchObject({ status: 404 });
      });

      it('are listed page by page in the order of their names', async () => {
        for (const name of ['page/c', 'page/a', 'page/b', 'other']) await put(name, name);

        const listed = await listObjects(cloud().swift, container, { prefix: 'page/', pageSize: 2 });

        expect(listed.map(({ name, size }) => [name, size])).toEqual([
          ['page/a', 6],
          ['page/b', 6],
          ['page/c', 6],
        ]);
        for (const { modifiedAt } of listed) expect(Math.abs(Date.now() - modifiedAt.getTime())).toBeLessThan(600_000);
      });
    });

    describe('signed URLs', () => {
      it('have one key a container, which lasts', async () => {
        const { swift } = cloud();

        const first = await ensureTempUrlKey(swift, container);
        const second = await ensureTempUrlKey(swift, container);

        expect(second.reveal()).toBe(first.reveal());
        expect(first.reveal()).toMatch(/^[0-9a-f]{64}$/);
      });

      it.each(['sha256', 'sha512'] as const)('let anybody read the object, signed with %s', async (digest) => {
        const { swift } = cloud();
        await put('signed/ö 1', 'for you');
        const key = await ensureTempUrlKey(swift, container);

        const url = await signObjectUrl(swift, { container, object: 'signed/ö 1', key, lifetimeMs: minuteMs, digest });
        const read = await fetch(url);
        const head = await fetch(url, { method: 'HEAD' });

        expect([read.status, await read.text()]).toEqual([200, 'for you']);
        expect([head.status, head.headers.get('content-length')]).toEqual([200, '7']);
      });

      it('let anybody write the object when they say so', async () => {
        const { swift } = cloud();
        const key = await ensureTempUrlKey(swift, container);
        const url = await signObjectUrl(swift, { container, object: 'in', key, method: 'PUT', lifetimeMs: minuteMs });

        const { status } = await fetch(url, { method: 'PUT', body: 'from outside' });

        expect(status).toBe(201);
        expect(await findObjectText(swift, container, 'in')).toBe('from outside');
      });

      it('are refused for another method, another object, another key and after their time', async () => {
        const { swift } = cloud();
        await put('signed', 'content');
        await put('neighbour', 'content');
        const endpoint = await swift.endpoint();
        const key = await ensureTempUrlKey(swift, container);
        const expires = new Date(Date.now() + minuteMs);
        const url = signUrl({ endpoint, container, object: 'signed', key, method: 'GET', expires });
        const late = signUrl({ endpoint, container, object: 'signed', key, method: 'GET', expires: new Date(1000) });

        const statuses = await Promise.all([
          fetch(url, { method: 'PUT', body: 'x' }),
          fetch(url.replace('/signed?', '/neighbour?')),
          fetch(url.replace(/temp_url_sig=[0-9a-f]{8}/, 'temp_url_sig=00000000')),
          fetch(late),
          fetch(`${endpoint}/${container}/signed`),
        ]).then((answers) => answers.map(({ status }) => status));

        expect(statuses).toEqual([401, 401, 401, 401, 401]);
      });

      it('refuse to read, to list and to write elsewhere when they are signed for writing', async () => {
        const { swift } = cloud();
        await put('written', 'content');
        const key = await ensureTempUrlKey(swift, container);
        const options = { container, object: 'written', key, method: 'PUT', lifetimeMs: minuteMs } as const;
        const url = await signObjectUrl(swift, options);

        const statuses = await Promise.all([
          fetch(url),
          fetch(url, { method: 'DELETE' }),
          fetch(url.replace('/written?', '/elsewhere?'), { method: 'PUT', body: 'x' }),
          fetch(url.replace('/written?', '?')),
        ]).then((answers) => answers.map(({ status }) => status));

        expect(statuses).toEqual([401, 401, 401, 401]);
        expect(await findObjectText(swift, container, 'elsewhere')).toBeUndefined();
      });

      it.each(['sha256', 'sha512'] as const)('let anybody write below a prefix, signed with %s', async (digest) => {
        const { swift } = cloud();
        const key = await ensureTempUrlKey(swift, container);
        const options = { container, prefix: `logs ${digest}/ö/`, rest: '@HOST@.log', key, digest } as const;
        const url = await signObjectsUrl(swift, { ...options, method: 'PUT', lifetimeMs: minuteMs });

        const statuses = await Promise.all([
          fetch(url.replace('@HOST@', 'node-1'), { method: 'PUT', body: 'from node 1' }),
          fetch(url.replace('@HOST@', 'node-2'), { method: 'PUT', body: 'from node 2' }),
        ]).then((answers) => answers.map(({ status }) => status));

        expect(statuses).toEqual([201, 201]);
        expect(await findObjectText(swift, container, `logs ${digest}/ö/node-2.log`)).toBe('from node 2');
      });

      it('are refused outside of their prefix, for another prefix and another method', async () => {
        const { swift } = cloud();
        await put('join/node.json', 'content');
        const key = await ensureTempUrlKey(swift, container);
        const options = { container, prefix: 'logs/', rest: 'a.log', key, method: 'PUT' } as const;
        const url = await signObjectsUrl(swift, { ...options, lifetimeMs: minuteMs });
        const write = { method: 'PUT', body: 'x' };

        const statuses = await Promise.all([
          fetch(url.replace('/logs/a.log?', '/join/node.json?'), write),
          fetch(url.replace('temp_url_prefix=logs%2F', 'temp_url_prefix=').replace('/logs/a.log?', '/join/b?'), write),
          fetch(url.replace(/&temp_url_prefix=[^&]*/, ''), write),
          fetch(url),
        ]).then((answers) => answers.map(({ status }) => status));

        expect(statuses).toEqual([401, 401, 401, 401]);
        expect(await findObjectText(swift, container, 'join/node.json')).toBe('content');
      });

      it('answer 404 for an object that is not there yet', async () => {
        const { swift } = cloud();
        const key = await ensureTempUrlKey(swift, container);

        const { status } = await fetch(
          await signObjectUrl(swift, { container, object: 'later', key, lifetimeMs: minuteMs }),
        );

        expect(status).toBe(404);
      });
    });
  });
}
