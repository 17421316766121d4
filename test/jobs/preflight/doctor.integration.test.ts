import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectCloud } from '../../../jobs/inspect.ts';
import { doctor } from '../../../jobs/preflight/doctor.ts';
import type { Tools } from '../../../jobs/run.ts';
import type { Finding } from '../../../src/clusters/finding.ts';
import { ConfigError } from '../../../src/errors.ts';
import { silentLogger } from '../../../src/log.ts';
import type { CloudConfig } from '../../../src/openstack/cloud-config.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import {
  createApplicationCredential,
  deleteApplicationCredential,
} from '../../../src/openstack/keystone/application-credentials.ts';
import { connect } from '../../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';
import { startReticent } from './reticent-cloud.ts';

describe('the doctor', () => {
  const log = silentLogger();
  let cloud: PlaygroundCloud;
  let late: Server;

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none' });
    // A Swift whose clock is an hour behind, and that signs no URLs.
    late = createServer((_request, response) => {
      response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString());
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ swift: { version: '2.30.0', max_file_size: 1024 ** 3 }, slo: {} }));
    });
    await new Promise<void>((resolve) => {
      late.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(async () => {
    await cloud.close();
    await new Promise((resolve) => late.close(resolve));
  });

  async function examined(change: Partial<CloudConfig> = {}): Promise<Finding[]> {
    const config = readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile });
    const openstack = connect({ ...config, ...change }, { log });
    return doctor(openstack, new AbortController().signal).finally(() => openstack.close());
  }

  async function addressOfNova(): Promise<string> {
    const openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    return openstack.nova.endpoint().finally(() => openstack.close());
  }

  function about(label: string, findings: readonly Finding[]): Finding | undefined {
    return findings.find((finding) => finding.label === label);
  }

  it('finds a cloud well, and says what each service is', async () => {
    const findings = await examined();

    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(about('Credentials', findings)?.text).toMatch(/^accepted; roles .*member.*; tokens live 60 min$/);
    for (const service of ['Keystone', 'Nova', 'Neutron', 'Glance', 'Swift', 'Heat']) {
      expect(about(service, findings)?.text).toMatch(/at 127\.0\.0\.1:\d+, \d+ ms$/);
    }
    expect(about('Swift can', findings)?.text).toContain('sha256');
    expect(about('External networks', findings)?.text).toBe('gateway, public');
    expect(about('Control planes', findings)?.text).toBe('m1.large, m1.medium, m1.xlarge are large enough for kubeadm');
    expect(about('Clock', findings)?.text).toBe('agrees with this worker’s');
    expect(about('Quota', findings)?.text).toContain('servers 0 of 100');
  });

  it('tells a service that is away from those that are there', async () => {
    const findings = await examined({ endpointOverrides: { orchestration: 'http://127.0.0.1:1/v1/x' } });

    const wrong = findings.filter(({ level }) => level !== 'ok');
    expect(wrong.map(({ label, level }) => ({ label, level }))).toEqual([{ label: 'Heat', level: 'problem' }]);
    expect(wrong[0]?.text).toMatch(/nothing answers at 127\.0\.0\.1:1/);
  });

  it('sees a clock that is far off, and an object store that signs no URLs', async () => {
    const { port } = late.address() as AddressInfo;

    const findings = await examined({ endpointOverrides: { 'object-store': `http://127.0.0.1:${port}/v1/AUTH_x` } });

    expect(about('Clock', findings)).toMatchObject({
      level: 'problem',
      text: expect.stringMatching(/36\d\d s behind/),
    });
    expect(about('Swift can', findings)).toMatchObject({
      level: 'problem',
      text: 'objects up to 1 GiB, larger ones in segments; no signed URLs',
    });
  });

  it('says nothing else where Keystone does not let it in', async () => {
    const findings = await examined({ authUrl: 'http://127.0.0.1:1/v3' });

    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ level: 'problem', label: 'Keystone' });
  });

  it('asks Keystone whether Heat can work with an application credential, and passes on what it says', async () => {
    const owner = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    const { id, secret } = await createApplicationCredential(owner.keystone, { name: 'doctor' });

    const findings = await examined({ credentials: { kind: 'application-credential', credential: { id }, secret } });
    await deleteApplicationCredential(owner.keystone, id);
    await owner.close();

    expect(findings.filter(({ level }) => level === 'problem')).toMatchObject([
      {
        label: 'Credentials',
        text: expect.stringMatching(/^Heat makes a trust .* refuses it to an application credential: .*trusts/),
        hint: expect.stringContaining('Use a user name and a password'),
      },
    ]);
  });

  it('tells of limits that are kept from it, and finds nothing in the way', async () => {
    const reticent = await startReticent(await addressOfNova(), ({ path }) =>
      path.endsWith('/limits') ? { status: 403, body: { forbidden: { message: 'Not for you.' } } } : undefined,
    );

    const findings = await examined({ endpointOverrides: { compute: reticent.address } });
    await reticent.close();

    expect(findings.filter(({ level }) => level !== 'ok')).toMatchObject([
      { level: 'warning', label: 'Nova', text: expect.stringMatching(/^Nova’s limits could not be checked: .*403\)$/) },
    ]);
  });

  it('answers with what is wrong in the worker’s own files, too', async () => {
    const openstack = () => {
      throw new ConfigError('There is no cloud moon', ['The clouds are: playground'], { hint: 'Copy clouds.yaml' });
    };
    const tools = { openstack, log } as unknown as Tools;

    const { findings } = await inspectCloud({ choice: { cloud: 'moon' } }, tools, new AbortController().signal);

    expect(findings).toMatchObject([
      {
        level: 'problem',
        label: 'Configuration',
        text: 'There is no cloud moon. The clouds are: playground',
        hint: 'Copy clouds.yaml',
      },
    ]);
  });
});
