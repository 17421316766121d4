import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exit } from './support/machine.ts';
import { newWorkshop, type Workshop } from './support/run-program.ts';

const hash = `sha256:${'ab'.repeat(32)}`;
const command = `kubeadm join [fd00::5]:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash ${hash}`;

let workshop: Workshop;

beforeEach(async () => {
  workshop = await newWorkshop('join-data/files/slipway-join-data');
  await workshop.write('admin.conf', 'the kubeconfig\n');
  await workshop.write('ca.key', 'the key\n');
  await workshop.standIn('slipway-store', 'echo "$2" >>puts; cat "$3" >"sent.$2"');
  await workshop.standIn(
    'kubeadm',
    [
      'echo "kubeadm $*" >>calls; env | grep -i _proxy >>calls',
      'case "$*" in',
      `token*create*) echo "W1129 a warning" >&2; echo '${command} ' ;;`,
      'init*upload-certs*) for last; do :; done; cp "$last" certs.yaml ;;',
      'version*) echo v1.34.2 ;;',
      'esac',
    ].join('\n'),
  );
  await workshop.standIn(
    'kubectl',
    [
      'echo "kubectl $*" >>calls',
      'case "$*" in',
      `*"get secret kubeadm-certs"*) echo '{"metadata":{"ownerReferences":[{"name":"bootstrap-token-xyz"}]}}' ;;`,
      'esac',
    ].join('\n'),
  );
});

afterEach(() => workshop.remove());

function run(env: Record<string, string> = {}): Promise<Exit> {
  return workshop.run('slipway-join-data', [], {
    SLIPWAY_ADMIN_CONF: workshop.path('admin.conf'),
    SLIPWAY_CA_KEY: workshop.path('ca.key'),
    SLIPWAY_JOIN_DATA_SENT: workshop.path('state/sent'),
    ...env,
  });
}

async function sent(name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await workshop.read(`sent.${name}`)) as Record<string, unknown>;
}

describe('slipway-join-data', () => {
  it('sends the kubeconfig first, and to nodes everything but the key of the certificates', async () => {
    const exit = await run();

    expect(exit).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await workshop.read('puts')).toBe('admin_conf_put\njoin_control_plane_put\njoin_node_put\n');
    expect(await sent('join_node_put')).toEqual({
      endpoint: '[fd00::5]:6443',
      token: 'abcdef.0123456789abcdef',
      caCertHashes: [hash],
      until: expect.stringMatching(/Z$/),
    });
    expect(await workshop.read('sent.admin_conf_put')).toBe('the kubeconfig\n');
  });

  it('names the same key on every control plane of a cluster, and another in another cluster', async () => {
    await run();
    const first = (await sent('join_control_plane_put')).certificateKey;
    await run();
    const second = (await sent('join_control_plane_put')).certificateKey;
    await workshop.write('ca.key', 'another key\n');
    await run();
    const other = (await sent('join_control_plane_put')).certificateKey;

    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    expect(await workshop.read('certs.yaml')).toContain(String(other));
  });

  it('lets the certificates live as long as the token', async () => {
    await run();

    const { until } = await sent('join_node_put');
    const patch = (await workshop.read('calls')).split('\n').find((call) => call.includes(' patch '));
    expect(patch).toContain('patch secret bootstrap-token-xyz');
    expect(patch).toContain(`"expiration": "${until}"`);
  });

  it('asks the API server past all proxies, and has secrets in no argument', async () => {
    await run({ https_proxy: 'http://proxy.example.org' });

    const calls = await workshop.read('calls');
    expect(calls).not.toContain('proxy.example.org');
    expect(calls).not.toContain(String((await sent('join_control_plane_put')).certificateKey));
    expect(calls).not.toContain('0123456789abcdef');
  });

  it('says which step did not work, and does not count it as done', async () => {
    await workshop.standIn(
      'kubeadm',
      'echo "error: the API server has no time" >&2; echo "To see the stack trace" >&2; exit 1',
    );

    const exit = await run();

    expect(exit).toMatchObject({ status: 1, stdout: '' });
    expect(exit.stderr).toBe('join data: kubeadm token create: error: the API server has no time\n');
    await expect(workshop.read('state/sent')).rejects.toThrow('ENOENT');
  });
});
