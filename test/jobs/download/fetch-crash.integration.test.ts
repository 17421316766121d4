import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fetchFile } from '../../../jobs/download/fetch-file.ts';
import { PartialFile } from '../../../jobs/download/partial-file.ts';
import { Authority } from '../../openstack/certificates.ts';
import { compileSource } from '../../support/compile.ts';
import { FileMirror } from './file-mirror.ts';
import { digestOf, fetching } from './support.ts';

const run = promisify(execFile);
const mib = 2 ** 20;
const content = randomBytes(8 * mib);
const sha512 = digestOf('sha512', content);
const etag = `"${digestOf('sha256', content)}"`;

let folder: string;
let program: string;
let mirror: FileMirror;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-fetch-process-'));
  program = await compileSource('test/jobs/download/fetch-process.ts', folder);
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  mirror = await FileMirror.start();
  mirror.files.set('/file', content);
});
afterEach(async () => {
  mirror.close();
  await rm(join(folder, 'releases'), { recursive: true, force: true });
});

const wanted = () => fetching(folder, `${mirror.url}/file`, { sha512 });
const left = () => readdir(join(folder, 'releases'));

async function leave(bytes: Buffer): Promise<void> {
  const { path, url = '' } = wanted();
  await mkdir(dirname(path), { recursive: true });
  const part = await PartialFile.find(path, url);
  await part.beginAnew({ size: content.length, validator: etag });
  await part.write(bytes);
  await part.close();
}

describe('what a process that died has left', () => {
  let child: ChildProcess;

  it('is gone on with, and nothing is sent twice', async () => {
    mirror.breaksSilently = true;
    mirror.breaksAfter.push(3 * mib);
    child = spawn(process.execPath, [program, folder, `${mirror.url}/file`, sha512], { stdio: 'inherit' });
    const part = `${wanted().path}.part`;
    await expect.poll(() => stat(part).then(({ size }) => size, String), { timeout: 20_000 }).toBe(3 * mib);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const result = await fetchFile(wanted());

    expect(result.sha512).toBe(sha512);
    expect(mirror.asked.map(({ from }) => from)).toEqual([0, 3 * mib]);
    expect(mirror.sent).toBe(content.length);
    expect(await left()).toEqual(['file.tar.gz']);
  }, 60_000);

  it('is taken as it is when only its name was missing', async () => {
    await leave(content);

    const result = await fetchFile(wanted());

    expect(content.equals(await readFile(result.path))).toBe(true);
    expect(mirror.asked).toEqual([]);
    expect(await left()).toEqual(['file.tar.gz']);
  });

  it.each([
    ['in part', 3 * mib, [3 * mib, 0]],
    ['as a whole', content.length, [0]],
  ])('is thrown away when it turns out to be damaged, %s', async (_how, size, asked) => {
    await leave(Buffer.alloc(size)); // a power failure may leave zeroes

    const result = await fetchFile(wanted());

    expect(result.sha512).toBe(sha512);
    expect(mirror.asked.map(({ from }) => from)).toEqual(asked);
  });

  it('is thrown away when it is more than there is', async () => {
    await leave(Buffer.concat([content, content]));

    await fetchFile(wanted());

    expect(mirror.asked.map(({ from }) => from)).toEqual([0]);
  });

  it('is thrown away when nothing says what it is a part of', async () => {
    const { path } = wanted();
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.part`, content.subarray(0, mib));

    await fetchFile(wanted());

    expect(mirror.asked.map(({ from }) => from)).toEqual([0]);
  });

  it('is put aside when the right file has come another way', async () => {
    await leave(content.subarray(0, mib));
    await writeFile(wanted().path, content);

    await fetchFile(wanted());

    expect(mirror.asked).toEqual([]);
    expect(await left()).toEqual(['file.tar.gz']);
  });
});

describe('a worker without room', () => {
  const refused = { code: 'disk_full', hint: expect.stringContaining('DATA_DIR'), retryable: false };

  it('begins nothing that does not fit', async () => {
    mirror.troubles.push((response) => response.writeHead(200, { 'content-length': 4e14 }).write('x'));

    await expect(fetchFile({ ...wanted(), mostBytes: 5e14 })).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(
        /^Downloading the tarball: there is no room for it on this worker \([\d.]+ MB are free, and 400000000\.0 MB are to come\)$/,
      ),
    });
    expect(await left()).toEqual([]);
  });

  it('stops at the first byte that does not fit, and leaves nothing', async () => {
    const limited = 'ulimit -f 4096; exec "$@"'; // in blocks of 512 bytes

    const { stdout } = await run('sh', [
      '-c',
      limited,
      'sh',
      process.execPath,
      program,
      folder,
      wanted().url ?? '',
      '',
    ]);

    expect(JSON.parse(stdout)).toMatchObject(refused);
    expect(await left()).toEqual([]);
  });
});

it('over https does not follow to http', async () => {
  const authority = new Authority('The authority');
  const secure = await FileMirror.start({ tls: authority.issue('localhost') });
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, authority.ca);
  authority.close();
  secure.files.set('/file', content);
  const fetchThere = async () => {
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
    const { stdout } = await run(process.execPath, [program, folder, `${secure.url}/file`, sha512], { env });
    return JSON.parse(stdout);
  };

  secure.troubles.push((response) => response.writeHead(302, { location: wanted().url }).end());
  const misled = await fetchThere();
  const direct = await fetchThere();
  secure.close();

  expect(misled).toMatchObject({ message: expect.stringContaining('redirected from https to http'), retryable: false });
  expect(mirror.asked).toEqual([]);
  expect(direct).toMatchObject({ sha512 });
});
