import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BootParameters } from '../../../src/playground/nodes/boot-script.ts';
import { CertificateAuthority } from '../../../src/playground/nodes/certificate-authority.ts';
import { firstBoot } from '../../../src/playground/nodes/first-boot.ts';
import { newJoinData } from '../../../src/playground/nodes/join-data.ts';
import { StandInCloud } from './stand-in-cloud.ts';

let cloud: StandInCloud;
let initialized: string[];

beforeEach(async () => {
  cloud = await StandInCloud.start();
  initialized = [];
});

afterEach(() => cloud.close());

function boot(parameters: BootParameters, { joinWithinMs = 60_000, signal = new AbortController().signal } = {}) {
  const options = { hostname: 'staging-1', parameters, joinEveryMs: 10, joinWithinMs };
  const initialize = async ({ index }: BootParameters): Promise<void> => {
    initialized.push(index);
  };
  return firstBoot({ ...options, initialize }, signal);
}

/** What the first control plane leaves for others. */
function leaveJoinData(changes: Record<string, unknown> = {}): void {
  const { certificateKey, ...data } = newJoinData('127.0.0.1:6443', new CertificateAuthority(), new Date());
  cloud.objects.set('join/node.json', JSON.stringify({ ...data, ...changes }));
  cloud.objects.set('join/control-plane.json', JSON.stringify({ ...data, certificateKey, ...changes }));
}

const success = { status: 'SUCCESS', reason: 'Kubernetes v1.34.2 is on staging-1' };

describe('firstBoot', () => {
  it('makes the cluster on the first control plane', async () => {
    expect(await boot(cloud.controlPlane())).toEqual(success);

    expect(initialized).toEqual(['0']);
    expect(cloud.requests).toEqual(['GET release.tar.gz']);
  });

  it('reads what becomes cloud.conf before that', async () => {
    const { store, ...parameters } = cloud.controlPlane();
    const cloud_config_get = `${cloud.url}/swift/cloud-config.json`;
    const withCloud = { ...parameters, store: { ...store, cloud_config_get } };
    expect((await boot(withCloud)).reason).toMatch(/cloud-config\.json: it is not in the store$/);
    cloud.objects.set('cloud-config.json', '{"sections": []}');
    expect((await boot(withCloud)).reason).toMatch(/cloud-config\.json: it has no sections$/);
    expect(initialized).toEqual([]);

    cloud.objects.set('cloud-config.json', '{"sections": {"Global": {"auth-url": "https://keystone"}}}');
    expect(await boot(withCloud)).toEqual(success);
    expect(initialized).toEqual(['0']);
  });

  it.each(['node', 'further control plane'])('waits on a %s until there are join data', async (role) => {
    const parameters = role === 'node' ? cloud.node() : cloud.controlPlane({ index: '1' });
    const booting = boot(parameters);
    while (cloud.requests.filter((request) => request.includes('join')).length < 3) {
      await new Promise(setImmediate);
    }
    leaveJoinData();

    expect(await booting).toEqual(success);
    expect(initialized).toEqual([]);
  });

  it('joins although Swift stumbles', async () => {
    leaveJoinData();
    cloud.stumbles.set('join/node.json', [503]);

    expect(await boot(cloud.node())).toEqual(success);
  });

  it.each([
    ['that have ended', { until: '2026-01-01T00:00:00Z' }, 'the join data were good until 2026-01-01T00:00:00Z'],
    ['with a token that is none', { token: 'x' }, 'the join data are not what they have to be'],
  ])('does not join with data %s', async (_what, changes, reason) => {
    leaveJoinData(changes);

    expect(await boot(cloud.node())).toEqual({ status: 'FAILURE', reason });
  });

  it('does not wait for ever, and leaves its log before anybody is told', async () => {
    const outcome = await boot(cloud.node(), { joinWithinMs: 30 });

    expect(outcome).toEqual({ status: 'FAILURE', reason: 'state kubeadm-join: no join data after 0.03 s' });
    expect(cloud.requests.at(-1)).toBe('PUT logs/staging-1.log');
    expect(cloud.objects.get('logs/staging-1.log')).toMatch(/first boot of staging-1, node of staging/);
    expect(cloud.objects.get('logs/staging-1.log')).toContain(`stopping: ${outcome.reason}\n`);
  });

  it('says what stopped it although its log cannot be sent', async () => {
    cloud.objects.delete('release.tar.gz');
    cloud.stumbles.set('logs/staging-1.log', [403]);

    const { reason } = await boot(cloud.controlPlane());

    expect(reason).toBe('fetching server.tar.gz: Swift answered 404; the signed URL may have expired');
  });

  it('says that a signed URL is no longer good', async () => {
    cloud.stumbles.set('join/node.json', [401]);

    const { reason } = await boot(cloud.node());

    expect(reason).toBe(
      'state kubeadm-join: fetching the join data: Swift answered 401; the signed URL may have expired',
    );
  });

  it('does not take the end of its server for a failure', async () => {
    const gone = new AbortController();
    const booting = boot(cloud.node(), { signal: gone.signal });

    gone.abort(new Error('gone'));

    await expect(booting).rejects.toThrow();
    expect(cloud.objects.has('logs/staging-1.log')).toBe(false);
  });
});
