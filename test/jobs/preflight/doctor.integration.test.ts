import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doctor } from '../../../jobs/preflight/doctor.ts';
import type { Finding } from '../../../src/clusters/finding.ts';
import { silentLogger } from '../../../src/log.ts';
import type { CloudConfig } from '../../../src/openstack/cloud-config.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { connect } from '../../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';

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
});
