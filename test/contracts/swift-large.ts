import { createHash, randomBytes } from 'node:crypto';
import { open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { createContainer, deleteContainer, findContainer } from '../../src/openstack/swift/containers.ts';
import { deleteLargeObject, listManifest, putLargeObject } from '../../src/openstack/swift/large-objects.ts';
import { deleteObject, findObject, getObject, listObjects, putObject } from '../../src/openstack/swift/objects.ts';
import { ensurePrivateContainer } from '../../src/openstack/swift/private-container.ts';
import { type StoreFileOptions, storeFile } from '../../src/openstack/swift/store-file.ts';
import { isStored, removeLeftSegments, removeStoredFile } from '../../src/openstack/swift/stored-file.ts';
import { signObjectUrl } from '../../src/openstack/swift/temp-url.ts';
import { ensureTempUrlKey } from '../../src/openstack/swift/temp-url-key.ts';
import { type ConnectTo, connection, eventually, uniqueName } from './support.ts';
import { type Tap, tapSwift } from './swift-tap.ts';

const segmentSize = 100_000;

/** Files of any size in Swift: in one piece, in segments, resumed, checked and removed. */
export function swiftLargeContract(connectTo: ConnectTo): void {
  describe('files in Swift', () => {
    const cloud = connection(connectTo);
    const container = uniqueName('file');
    const path = join(tmpdir(), `${container}.bin`);
    const content = randomBytes(350_000);
    const md5 = digest('md5', content);
    const sha256 = digest('sha256', content);
    let tap: Tap;

    beforeAll(async () => {
      tap = await tapSwift(cloud());
      await createContainer(cloud().swift, container);
      await writeFile(path, content);
    });
    afterEach(() => {
      tap.passed.length = 0;
      tap.harm = () => undefined;
    });
    afterAll(async () => {
      await tap.close();
      await rm(path, { force: true });
      await empty(container);
    });

    async function empty(name: string): Promise<void> {
      const { swift } = cloud();
      if ((await findContainer(swift, name)) === undefined) return;
      for (const object of await listObjects(swift, name)) await deleteObject(swift, name, object.name);
      await deleteContainer(swift, name);
    }
    function store(object: string, more: Partial<StoreFileOptions> = {}, signal?: AbortSignal) {
      return storeFile(tap.openstack.swift, { container, object, path, sha256, segmentSize, ...more }, signal);
    }
    async function namesOf(object: string): Promise<string[]> {
      return (await listObjects(cloud().swift, container, { prefix: `segments/${object}/` })).map(({ name }) => name);
    }

    it('go in one piece when they are small', async () => {
      const stored = await store('plain', { segmentSize: 350_000, md5, contentType: 'text/plain' });

      expect(stored).toEqual({ size: 350_000, etag: md5, segments: 0, reused: 0 });
      expect(await findObject(cloud().swift, container, 'plain')).toMatchObject({
        size: 350_000,
        segmented: false,
        contentType: 'text/plain',
        metadata: { sha256 },
      });
      expect(tap.putsInto(container, '')).toEqual(['plain']);
    });

    it('go in segments when they are larger, and come back as one', async () => {
      const { swift } = cloud();
      const told: number[] = [];

      const stored = await store('a b/groß', {
        contentType: 'application/gzip',
        onProgress: (sent) => told.push(sent),
      });

      expect(stored).toMatchObject({ size: 350_000, segments: 4, reused: 0 });
      expect(await namesOf('a b/groß')).toEqual(
        [1, 2, 3, 4].map((number) => `segments/a b/groß/${sha256.slice(0, 16)}/350000-100000/0000000${number}`),
      );
      expect(await findObject(swift, container, 'a b/groß')).toEqual({
        name: 'a b/groß',
        size: 350_000,
        etag: stored.etag,
        contentType: 'application/gzip',
        metadata: { sha256 },
        segmented: true,
      });
      const { stream, size } = await getObject(swift, container, 'a b/groß');
      expect(size).toBe(350_000);
      expect(content.equals(await buffer(stream))).toBe(true);
      expect(Math.max(...told)).toBe(350_000);
      expect(told.at(-1)).toBe(350_000);
    });

    it('are shown by a listing with the size of their content', async () => {
      await store('listed');

      const listed = await listObjects(cloud().swift, container, { prefix: 'listed' });

      expect(listed.map(({ name, size }) => [name, size])).toEqual([['listed', 350_000]]);
    });

    it('are read by a signed URL, in whole and in part, although their segments are private', async () => {
      const { swift } = cloud();
      await store('signed');
      const key = await ensureTempUrlKey(swift, container);
      const url = await signObjectUrl(swift, { container, object: 'signed', key, lifetimeMs: 60_000 });

      const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
      const part = await fetch(url, { headers: { range: 'bytes=99990-200010' } });

      expect(content.equals(whole)).toBe(true);
      expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 99990-200010/350000']);
      expect(content.subarray(99_990, 200_011).equals(Buffer.from(await part.arrayBuffer()))).toBe(true);
      expect((await fetch(`${await swift.endpoint()}/${container}`)).status).toBe(401);
    });

    it('are not read by a signed URL when their segments lie in another container', async () => {
      const { swift } = cloud();
      const other = uniqueName('elsewhere');
      await createContainer(swift, other);
      const { etag } = await putObject(swift, {
        container: other,
        object: 's',
        content: () => Readable.from(['x']),
        size: 1,
      });
      const segments = [{ container: other, object: 's', etag, size: 1 }];
      await putLargeObject(swift, { container, object: 'far', segments, contentType: 'text/plain', metadata: {} });
      const key = await ensureTempUrlKey(swift, container);

      const { status } = await fetch(await signObjectUrl(swift, { container, object: 'far', key, lifetimeMs: 60_000 }));

      expect(status).toBe(409);
      await removeStoredFile(swift, container, 'far');
      await deleteContainer(swift, other);
    });

    it('go on where an upload broke off, without sending again what had arrived', async () => {
      tap.harm = ({ method, path: to }) => (method === 'PUT' && to.endsWith('/00000003') ? 'refuse' : undefined);
      await expect(store('resumed', { concurrency: 1 })).rejects.toMatchObject({ status: 503 });
      expect(await findObject(cloud().swift, container, 'resumed')).toBeUndefined();
      tap.harm = () => undefined;
      tap.passed.length = 0;

      const stored = await store('resumed');

      expect(stored).toMatchObject({ segments: 4, reused: 2 });
      expect(tap.putsInto(container, 'segments/').map((name) => name.slice(-1))).toEqual(['3', '4']);
      const { stream } = await getObject(cloud().swift, container, 'resumed');
      expect(content.equals(await buffer(stream))).toBe(true);
    });

    it('are put together again from their segments when they are stored a second time', async () => {
      await store('again');
      tap.passed.length = 0;

      expect(await store('again')).toMatchObject({ segments: 4, reused: 4 });

      expect(tap.putsInto(container, 'segments/')).toEqual([]);
    });

    it('send a segment again that was changed behind their back', async () => {
      await store('changed');
      const [first = ''] = await namesOf('changed');
      await replace(first, Buffer.alloc(segmentSize));
      tap.passed.length = 0;

      expect(await store('changed')).toMatchObject({ reused: 3 });

      expect(tap.putsInto(container, 'segments/')).toEqual([first]);
    });

    it('send a segment once more that was damaged on its way', async () => {
      let harmed = 0;
      tap.harm = ({ method, path: to }) => {
        const isOne = method === 'PUT' && to.endsWith('/00000002') && to.includes('damaged');
        return isOne && harmed++ === 0 ? 'damage' : undefined;
      };

      expect(await store('damaged')).toMatchObject({ segments: 4 });

      expect(tap.putsInto(container, 'segments/').filter((name) => name.endsWith('/00000002'))).toHaveLength(2);
      const { stream } = await getObject(cloud().swift, container, 'damaged');
      expect(content.equals(await buffer(stream))).toBe(true);
    });

    it('survive a connection that breaks in the middle of a segment', async () => {
      let cut = 0;
      tap.harm = ({ method, path: to }) =>
        method === 'PUT' && to.endsWith('/00000001') && cut++ === 0 ? 'cut' : undefined;

      expect(await store('cut')).toMatchObject({ segments: 4 });

      expect(cut).toBe(2);
    });

    it('give up on a segment that is damaged twice', async () => {
      tap.harm = ({ method, path: to }) => (method === 'PUT' && to.endsWith('/00000002') ? 'damage' : undefined);

      await expect(store('ruined')).rejects.toMatchObject({ status: 422, retryable: true });

      expect(await findObject(cloud().swift, container, 'ruined')).toBeUndefined();
    });

    it('stop at once when the caller gives up', async () => {
      const stop = new AbortController();
      tap.harm = ({ method, path: to }) => {
        if (method === 'PUT' && to.endsWith('/00000002')) stop.abort(new Error('enough'));
        return undefined;
      };

      await expect(store('stopped', { concurrency: 2 }, stop.signal)).rejects.toThrow('enough');

      expect(tap.putsInto(container, 'segments/').some((name) => name.endsWith('/00000004'))).toBe(false);
    });

    it.each([
      ['in one piece', 10_000_000],
      ['in segments', segmentSize],
    ])('are not stored %s when the file changes on the way', async (_how, size) => {
      const other = `${path}.changing`;
      const large = Buffer.concat(Array.from({ length: 10 }, () => content)); // more than one reading
      await writeFile(other, large);
      const file = await open(other, 'r+');
      let done: Promise<unknown> | undefined;
      const onProgress = (sent: number): void => {
        if (sent > 0) done ??= file.write(Buffer.from('x'), 0, 1, 349_999);
      };

      const failed = store(`changing-${size}`, {
        path: other,
        sha256: digest('sha256', large),
        segmentSize: size,
        concurrency: 1,
        onProgress,
      });

      await expect(failed).rejects.toMatchObject({ code: 'file_changed' });
      await done;
      await file.close();
      await rm(other);
      expect(await findObject(cloud().swift, container, `changing-${size}`)).toBeUndefined();
    });

    it('are not stored when they are not what they should be', async () => {
      const wrong = { path, container, object: 'other', md5: '0'.repeat(32) };

      await expect(store('other', { sha256: '0'.repeat(64) })).rejects.toMatchObject({ code: 'digest_mismatch' });
      await expect(storeFile(tap.openstack.swift, { ...wrong, segmentSize })).rejects.toMatchObject({
        code: 'digest_mismatch',
      });

      expect(tap.putsInto(container, '')).toEqual([]);
    });

    it('cannot be stored in a container that does not exist', async () => {
      const missing = uniqueName('missing');

      await expect(store('o', { container: missing, segmentSize: 1_000_000 })).rejects.toMatchObject({ status: 404 });
    });

    it('are known again, and not taken for whole when a segment is missing', async () => {
      const { swift } = cloud();
      const wanted = { container, object: 'known', size: 350_000, md5, sha256 };
      await store('known');
      const [, second = ''] = await namesOf('known');

      const before = await isStored(swift, wanted);
      const other = await isStored(swift, { ...wanted, sha256: '0'.repeat(64) });
      await deleteObject(swift, container, second);

      expect([before, other]).toEqual([true, false]);
      expect(await isStored(swift, wanted)).toBe(false);
      expect(await isStored(swift, { ...wanted, object: 'nothing' })).toBe(false);
    });

    it('are known again in one piece by their MD5', async () => {
      await store('piece', { segmentSize: 1_000_000 });
      const wanted = { container, object: 'piece', size: 350_000, md5, sha256 };

      expect(await isStored(cloud().swift, wanted)).toBe(true);
      expect(await isStored(cloud().swift, { ...wanted, md5: '0'.repeat(32) })).toBe(false);
    });

    it('take their segments with them when they are removed', async () => {
      const { swift } = cloud();
      await store('removed');

      await removeStoredFile(swift, container, 'removed');
      await removeStoredFile(swift, container, 'removed');

      expect(await findObject(swift, container, 'removed')).toBeUndefined();
      expect(await namesOf('removed')).toEqual([]);
    });

    it('leave segments of another size and of broken uploads behind, which can be removed', async () => {
      const { swift } = cloud();
      await store('left', { segmentSize: 50_000 });
      await store('left');
      await store('left/below');

      const removed = await removeLeftSegments(swift, container, 'left');

      expect(removed).toBe(7);
      expect(await namesOf('left')).toHaveLength(8);
      const wanted = { container, object: 'left', size: 350_000, md5, sha256 };
      expect(await isStored(swift, wanted)).toBe(true);
      expect(await isStored(swift, { ...wanted, object: 'left/below' })).toBe(true);
      expect(await removeLeftSegments(swift, uniqueName('none'), 'left')).toBe(0);
    });

    it('expire with all their segments, also those that an upload with another end had left', async () => {
      const { swift } = cloud();
      const deleteAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
      await store('expiring', { deleteAt: new Date(deleteAt.getTime() + 3_600_000) });

      await store('expiring', { deleteAt });

      expect(await findObject(swift, container, 'expiring')).toMatchObject({ deleteAt });
      for (const name of await namesOf('expiring')) {
        expect(await findObject(swift, container, name)).toMatchObject({ deleteAt });
      }
    });

    it('lose the end of their life when they are stored without one', async () => {
      const { swift } = cloud();
      await store('kept', { deleteAt: new Date(Date.now() + 3_600_000) });

      expect(await store('kept')).toMatchObject({ reused: 4 });

      const [first = ''] = await namesOf('kept');
      expect((await findObject(swift, container, 'kept'))?.deleteAt).toBeUndefined();
      expect((await findObject(swift, container, first))?.deleteAt).toBeUndefined();
    });

    it('are sent anew when their segments have expired, although these are still listed', async () => {
      const { swift } = cloud();
      await store('expired', { deleteAt: new Date(Date.now() + 1500) });
      await eventually(async () => ((await findObject(swift, container, 'expired')) === undefined ? true : undefined));
      const [first = ''] = await namesOf('expired');
      await eventually(async () => ((await findObject(swift, container, first)) === undefined ? true : undefined));

      expect(first).not.toBe('');
      expect(await store('expired')).toMatchObject({ segments: 4, reused: 0 });

      const { stream } = await getObject(swift, container, 'expired');
      expect(content.equals(await buffer(stream))).toBe(true);
    });

    it('cannot be put together from segments that are missing or different', async () => {
      const { swift } = cloud();
      await store('parts');
      const [first, ...others] = await listManifest(swift, container, 'parts');
      if (first === undefined) throw new Error('no segments');
      const put = (changed: Partial<typeof first>) =>
        putLargeObject(swift, {
          container,
          object: 'wrong',
          segments: [{ ...first, ...changed }, ...others],
          contentType: 'text/plain',
          metadata: {},
        });

      await expect(put({ object: 'nothing' })).rejects.toThrow(`/${container}/nothing, 404 Not Found`);
      await expect(put({ size: 1 })).rejects.toThrow('Size Mismatch');
      await expect(put({ etag: md5 })).rejects.toMatchObject({
        status: 400,
        message: expect.stringMatching('Etag Mism'),
      });
      expect(await findObject(swift, container, 'wrong')).toBeUndefined();
    });

    it('are not deleted as segments when they are none', async () => {
      await store('one', { segmentSize: 1_000_000 });

      await expect(deleteLargeObject(cloud().swift, container, 'one')).rejects.toThrow('Not an SLO manifest');

      expect(await findObject(cloud().swift, container, 'one')).toBeDefined();
    });

    async function replace(name: string, bytes: Buffer): Promise<void> {
      const changed = { container, object: name, content: () => Readable.from([bytes]), size: bytes.length };
      await putObject(cloud().swift, changed);
    }
  });

  describe('private containers of Swift', () => {
    const cloud = connection(connectTo);
    const container = uniqueName('private');
    afterAll(() => deleteContainer(cloud().swift, container));

    it('are closed to the world if they were open, and stay open to who is named', async () => {
      const { swift } = cloud();
      const warned: unknown[] = [];
      const log = { ...silentLogger(), warn: (...args: unknown[]) => warned.push(args) } as never;
      await ensurePrivateContainer(swift, container, log);
      const url = `${await swift.endpoint()}/${container}`;
      const headers = { 'x-container-read': '.r:*,.rlistings,0123:4567', 'x-container-write': '*:*' };
      await swift.call('POST', [container], { doing: 'Opening a container', ok: [204], headers });
      const open = await fetch(url);

      await ensurePrivateContainer(swift, container, log);

      expect([open.status, (await fetch(url)).status]).toEqual([204, 401]);
      const found = await findContainer(swift, container);
      expect(found).toMatchObject({ readAcl: '0123:4567' });
      expect(found?.writeAcl).toBeUndefined();
      expect(warned).toHaveLength(1);
      await ensurePrivateContainer(swift, container, log);
      expect(warned).toHaveLength(1);
    });
  });
}

function digest(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(bytes).digest('hex');
}
