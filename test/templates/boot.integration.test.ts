import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProcessError, runProcess } from '../../src/kubernetes/process.ts';

/** Characters that mean something to shells, to curl's configuration or to JSON. */
const password = `p'a"s\\s $(reboot) \`id\` %&*!`;

interface Signal {
  status: string;
  reason: string;
  data: string;
  id: string;
}

/** Swift, Keystone and Heat as far as a booting server sees them. */
class Cloud {
  tarball: Buffer = Buffer.alloc(0);
  readonly signals: Signal[] = [];
  readonly logins: unknown[] = [];
  /** Statuses that Swift answers first. */
  readonly swiftAnswers: number[] = [];
  /** Statuses that Keystone answers first. */
  readonly keystoneAnswers: number[] = [];
  downloads = 0;
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const route = `${request.method} ${request.url}`;
    if (route === 'GET /v1/AUTH_1/c/a.tar.gz?temp_url_sig=secret-signature&temp_url_expires=1') {
      this.downloads += 1;
      const status = this.swiftAnswers.shift() ?? 200;
      response.writeHead(status).end(status === 200 ? this.tarball : '<html>no</html>');
    } else if (route === 'POST /v3/auth/tokens') {
      this.logins.push(JSON.parse(body));
      const status = this.keystoneAnswers.shift() ?? 201;
      response.writeHead(status, { 'X-Subject-Token': 'token-1' }).end('{}');
    } else if (route === 'POST /signal' && request.headers['x-auth-token'] === 'token-1') {
      this.signals.push(JSON.parse(body));
      response.writeHead(200).end('null');
    } else {
      response.writeHead(404).end();
    }
  }
}

let directory: string;
let cloud: Cloud;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-boot-'));
  cloud = new Cloud();
  await cloud.open();
  cloud.tarball = await pack(['kubelet', 'kubeadm', 'kubectl'].map((name) => `kubernetes/server/bin/${name}`));
});

afterEach(async () => {
  cloud.close();
  await rm(directory, { recursive: true, force: true });
});

/** A gzipped tar file with small files of these names. */
async function pack(names: readonly string[]): Promise<Buffer> {
  const folder = await mkdtemp(join(directory, 'pack-'));
  for (const name of names) {
    await mkdir(join(folder, 'in', name, '..'), { recursive: true });
    await writeFile(join(folder, 'in', name), '#!/bin/sh\n', { mode: 0o755 });
  }
  const args = ['-C', join(folder, 'in'), '-czf', join(folder, 'out.tar.gz'), '.'].with(
    -1,
    names[0]?.split('/')[0] ?? '.',
  );
  await run('tar', args);
  return readFile(join(folder, 'out.tar.gz'));
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  return runProcess({
    command,
    args,
    doing: 'Testing',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...env },
    deadlineMs: 25_000,
  });
}

interface Boot {
  failed: boolean;
  output: string;
  log: string;
}

/** Fills the parameters in as Heat does, and runs the script as a server would, below a directory instead of `/`. */
async function boot(changes: Record<string, string> = {}): Promise<Boot> {
  const credentials = {
    auth_url: `${cloud.url}/v3/v3`,
    user_id: 'user-1',
    password,
    project_id: 'project-1',
    alarm_url: `${cloud.url}/signal`,
  };
  const parameters = {
    cluster: 'staging',
    role: 'node',
    version: 'v1.34.2',
    server_url: `${cloud.url}/v1/AUTH_1/c/a.tar.gz?temp_url_sig=secret-signature&temp_url_expires=1`,
    server_sha256: createHash('sha256').update(cloud.tarball).digest('hex'),
    signal: JSON.stringify(credentials),
    ...changes,
  };
  const script = await readFile('templates/cloud-init/boot.sh', 'utf8');
  const filled = script.replace('@PARAMETERS@', () => JSON.stringify(parameters));
  const path = join(directory, 'user-data');
  await writeFile(path, filled);
  const env = { SLIPWAY_ROOT: join(directory, 'root'), SLIPWAY_RETRY_SECONDS: '0', HOSTNAME: 'ignored' };
  const end = await run('bash', [path], env).then(
    (output) => ({ failed: false, output }),
    (error: unknown) => {
      if (!(error instanceof ProcessError)) throw error;
      return { failed: true, output: error.lines.join('\n') };
    },
  );
  return { ...end, log: await readFile(join(directory, 'root/var/log/slipway-boot.log'), 'utf8') };
}

const release = () => join(directory, 'root/opt/slipway/kubernetes');

describe('a first boot that works', () => {
  it('unpacks the release and tells Heat what is on which host', async () => {
    const { failed } = await boot();

    expect(failed).toBe(false);
    expect((await readdir(join(release(), 'server/bin'))).sort()).toEqual(['kubeadm', 'kubectl', 'kubelet']);
    const [signal] = cloud.signals;
    expect(signal).toMatchObject({ status: 'SUCCESS', reason: expect.stringContaining('v1.34.2') });
    expect(JSON.parse(signal?.data ?? '')).toEqual({
      hostname: signal?.id,
      sha256: createHash('sha256').update(cloud.tarball).digest('hex'),
      version: 'v1.34.2',
    });
  });

  it('logs in with the password as it is, whatever characters are in it', async () => {
    await boot();

    expect(cloud.logins).toEqual([
      {
        auth: {
          identity: { methods: ['password'], password: { user: { id: 'user-1', password } } },
          scope: { project: { id: 'project-1' } },
        },
      },
    ]);
  });

  it('writes no secret into its log or onto the console, and keeps its files to root', async () => {
    const { log, output } = await boot();

    expect(`${log}${output}`).not.toMatch(/secret-signature|token-1|p'a"s/);
    const { mode } = await stat(join(directory, 'root/var/log/slipway-boot.log'));
    expect((mode & 0o777).toString(8)).toBe('600');
    const left = await readdir(join(directory, 'root/var/lib/slipway'));
    expect(left.filter((name) => name.startsWith('token'))).toEqual([]);
  });

  it('may be run again by hand', async () => {
    await boot();

    const { failed } = await boot();

    expect(failed).toBe(false);
    expect((await readdir(join(directory, 'root/opt/slipway'))).sort()).toEqual(['kubernetes']);
  });

  it('outlasts a cloud that is out of breath', async () => {
    cloud.swiftAnswers.push(503, 429);
    cloud.keystoneAnswers.push(500);

    const { failed } = await boot();

    expect(failed).toBe(false);
    expect(cloud.downloads).toBe(3);
    expect(cloud.signals.map(({ status }) => status)).toEqual(['SUCCESS']);
  });

  it.each(['', '/v3', '/v3/', '/v3/v3'])('finds Keystone when Heat calls its address …%s', async (suffix) => {
    const signal = {
      auth_url: `${cloud.url}${suffix}`,
      user_id: 'u',
      password,
      project_id: 'p',
      alarm_url: `${cloud.url}/signal`,
    };

    await boot({ signal: JSON.stringify(signal) });

    expect(cloud.signals).toHaveLength(1);
  });
});

describe('a first boot that does not work', () => {
  it('tells Heat which digest it got instead', async () => {
    const { failed } = await boot({ server_sha256: '0'.repeat(64) });

    expect(failed).toBe(true);
    expect(cloud.signals).toMatchObject([
      { status: 'FAILURE', reason: expect.stringMatching(/sha256 [0-9a-f]{12}\.\.\., expected 000000000000\.\.\./) },
    ]);
    await expect(readdir(release())).rejects.toThrow('ENOENT');
  });

  it('gives up at once when Swift refuses, because the signed URL will not get better', async () => {
    cloud.swiftAnswers.push(403, 403);

    const { failed } = await boot();

    expect(failed).toBe(true);
    expect(cloud.downloads).toBe(1);
    expect(cloud.signals).toMatchObject([{ status: 'FAILURE', reason: expect.stringContaining('403') }]);
  });

  it('gives up in the end when Swift stays out of breath', async () => {
    cloud.swiftAnswers.push(...Array(10).fill(503));

    await boot();

    expect(cloud.downloads).toBe(6);
    expect(cloud.signals).toMatchObject([{ status: 'FAILURE', reason: expect.stringContaining('503') }]);
  });

  it('does not take a page of HTML for a tarball', async () => {
    cloud.tarball = Buffer.from('<html>Welcome</html>');

    await boot();

    expect(cloud.signals).toMatchObject([{ status: 'FAILURE', reason: expect.stringContaining('gzipped tar') }]);
  });

  it('says which program a tarball is missing', async () => {
    cloud.tarball = await pack(['kubernetes/server/bin/kubelet']);

    await boot();

    expect(cloud.signals).toMatchObject([{ status: 'FAILURE', reason: expect.stringContaining('bin/kubeadm') }]);
  });

  it('refuses a tarball with files outside its folder', async () => {
    cloud.tarball = await pack(['etc/passwd']);

    await boot();

    expect(cloud.signals).toMatchObject([{ status: 'FAILURE', reason: expect.stringContaining('outside') }]);
  });

  it('signals as well when it stops where nobody expected it', async () => {
    await mkdir(join(directory, 'root/opt'), { recursive: true });
    await writeFile(join(directory, 'root/opt/slipway'), 'a file where a folder belongs');

    const { failed } = await boot();

    expect(failed).toBe(true);
    expect(cloud.signals.map(({ status }) => status)).toEqual(['FAILURE']);
  });

  it('ends, and says so in its log, when Heat cannot be told', async () => {
    cloud.keystoneAnswers.push(...Array(20).fill(500));

    const { failed, log } = await boot();

    expect(failed).toBe(true);
    expect(cloud.signals).toEqual([]);
    expect(log).toContain('Heat could not be told');
  });
});

describe('the boot script', () => {
  it('is small enough for Nova with everything filled in', async () => {
    const script = await readFile('templates/cloud-init/boot.sh', 'utf8');
    const largestParameters = 8 * 1024;

    expect(Buffer.byteLength(script) + largestParameters).toBeLessThan(48 * 1024);
  });

  it('has one place where Heat fills the parameters in, and is plain ASCII', async () => {
    const script = await readFile('templates/cloud-init/boot.sh', 'utf8');

    expect(script.split('@PARAMETERS@')).toHaveLength(2);
    expect(script).toMatch(/^[\t\n -~]*$/);
  });
});
