import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectSource } from '../../jobs/inspect-source.ts';
import type { BuiltKubernetes, ReleasedKubernetes } from '../../src/clusters/cluster-spec.ts';
import { problemsIn } from '../../src/clusters/finding.ts';
import { createKubernetesTree } from '../../src/playground/kubernetes-tree/tree.ts';

const secret = 'a-password-of-somebody';

describe('asking a build worker about a source', () => {
  const { signal } = new AbortController();
  let directory: string;
  let built: BuiltKubernetes;
  let released: ReleasedKubernetes;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-source-'));
    const { repository, tag } = await createKubernetesTree(join(directory, 'kubernetes'));
    built = {
      source: 'build',
      version: tag,
      platform: 'linux/amd64',
      repository,
      target: 'quick-release',
      variables: {},
      needs: { docker: false, diskBytes: 1e6, memoryBytes: 1e6 },
      withinMs: 60_000,
      silenceMs: 60_000,
    };
    released = {
      source: 'release',
      version: 'v1.34.2',
      platform: 'linux/amd64',
      mirror: 'http://mirror.example.org',
    };
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  const tools = () => ({ environment: process.env, dataDir: join(directory, 'data'), secrets: [secret] });
  const asked = (kubernetes: BuiltKubernetes | ReleasedKubernetes) => inspectSource({ kubernetes }, tools(), signal);

  it('tells the commit that a version means, and nothing else where all is well', async () => {
    expect(await asked(built)).toEqual({ commit: expect.stringMatching(/^[0-9a-f]{40}$/), findings: [] });
  });

  it('tells what the worker lacks, and on which host', async () => {
    const { commit, findings } = await asked({
      ...built,
      needs: { docker: false, diskBytes: 1e18, memoryBytes: 1e15 },
    });

    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(problemsIn(findings).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Disk: /),
      expect.stringMatching(/^Memory: /),
    ]);
    expect(findings[0]?.label).toMatch(/^Build worker ./);
    expect(findings[0]?.hint).toBeDefined();
  });

  it('says that there is no such version, and which one may be meant', async () => {
    const { commit, findings } = await asked({ ...built, version: 'v1.34.3' });

    expect(commit).toBeUndefined();
    expect(problemsIn(findings)).toMatchObject([{ label: 'Kubernetes', text: expect.stringContaining('v1.34.3') }]);
    expect(JSON.stringify(findings)).toContain('v1.34.2');
  });

  it('says that a repository does not answer', async () => {
    const { findings } = await asked({ ...built, repository: join(directory, 'nowhere') });

    expect(problemsIn(findings)).toHaveLength(1);
  });

  it('repeats what a repository says without the secrets in it', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(403, { 'content-type': 'text/plain' }).end(`the certificate ${secret} is too old\n`);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;

    const { findings } = await asked({ ...built, repository: `http://127.0.0.1:${port}/kubernetes.git` });

    server.close();
    expect(JSON.stringify(findings)).toContain('the certificate [secret] is too old');
  });

  it('asks no mirror where clusters.yaml has the digest', async () => {
    expect(await asked({ ...released, sha512: 'ab'.repeat(64) })).toEqual({ findings: [] });
  });

  it('believes no digest that comes without TLS', async () => {
    const { findings } = await asked(released);

    expect(problemsIn(findings)).toMatchObject([{ label: 'Kubernetes', hint: expect.stringContaining('sha512') }]);
  });
});
