import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exit } from './support/machine.ts';
import { newWorkshop, type Workshop } from './support/run-program.ts';

let workshop: Workshop;

beforeEach(async () => {
  workshop = await newWorkshop('cloud-provider/files/slipway-cloud-config');
  await workshop.standIn('slipway-store', 'cp cloud-config.json "$3"');
});

afterEach(() => workshop.remove());

async function run(config: unknown, subnet = 'the-subnet'): Promise<Exit> {
  await workshop.write('cloud-config.json', JSON.stringify(config));
  return workshop.run('slipway-cloud-config', [workshop.path('out'), `--subnet=${subnet}`]);
}

/** The files in the Secret. */
async function secret(): Promise<Record<string, string>> {
  const { data } = JSON.parse(await workshop.read('out/cloud-config.json')) as { data: Record<string, string> };
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]),
  );
}

async function cloudConf(): Promise<string> {
  return (await secret())['cloud.conf'] ?? '';
}

describe('slipway-cloud-config', () => {
  // How gcfg reads a value: https://pkg.go.dev/gopkg.in/gcfg.v1, and its scanner.
  it.each([
    ['plain', '"plain"'],
    ['with blanks ', '"with blanks "'],
    ['a#b;c', '"a#b;c"'],
    ['say "x"', '"say \\"x\\""'],
    ['back\\slash', '"back\\\\slash"'],
    ['two\nlines\tand a tab', '"two\\nlines\\tand a tab"'],
    ['', '""'],
    ['größer', '"größer"'],
    [true, 'true'],
    [false, 'false'],
    [25, '"25"'],
  ])('writes the value %j as gcfg reads it', async (value, written) => {
    await run({ sections: { Global: { password: value } } });

    expect(await cloudConf()).toContain(`[Global]\npassword = ${written}\n`);
  });

  it('writes lists line by line, leaves out what has no value, and keeps classes of load balancers', async () => {
    await run({
      sections: {
        Networking: { 'public-network-name': ['a', 'b'], 'internal-network-name': null },
        'LoadBalancerClass "internal"': { 'subnet-id': 'other' },
      },
    });

    expect(await cloudConf()).toBe(
      '[Networking]\npublic-network-name = "a"\npublic-network-name = "b"\n\n' +
        '[LoadBalancerClass "internal"]\nsubnet-id = "other"\n\n' +
        '[LoadBalancer]\nsubnet-id = "the-subnet"\n',
    );
  });

  it.each([['subnet-id'], ['network-id']])('leaves it to a %s that came where load balancers go', async (name) => {
    await run({ sections: { LoadBalancer: { [name]: 'given' } } });

    expect(await cloudConf()).toBe(`[LoadBalancer]\n${name} = "given"\n`);
  });

  it('puts the certificate authority beside the configuration, and its path into it', async () => {
    await run({ sections: { Global: {} }, ca: 'PEM\n' });

    expect(await secret()).toMatchObject({
      'ca.crt': 'PEM\n',
      'cloud.conf': expect.stringContaining('ca-file = "/etc/config/ca.crt"'),
    });
  });

  it('keeps credentials out of what nodes get', async () => {
    await run({ sections: { Global: { password: 'secret' }, Metadata: { 'search-order': 'configDrive' } } });

    const nodes = JSON.parse(await workshop.read('out/cinder-csi-node.json')) as { data: Record<string, string> };
    expect(nodes.data).toEqual({ 'cloud.conf': '[Metadata]\nsearch-order = "configDrive"\n' });
    expect((await stat(workshop.path('out/cloud-config.json'))).mode & 0o777).toBe(0o600);
  });

  it('tells Salt whether anything changed', async () => {
    const first = await run({ sections: { Global: { region: 'one' } } });
    const second = await run({ sections: { Global: { region: 'one' } } });
    const third = await run({ sections: { Global: { region: 'two' } } });

    const changes = [first, second, third].map(
      ({ stdout }) => JSON.parse(stdout) as { changed: boolean; comment: string },
    );
    expect(changes).toEqual([
      { changed: true, comment: 'wrote cloud-config.json and cinder-csi-node.json' },
      { changed: false, comment: 'as it was' },
      { changed: true, comment: 'wrote cloud-config.json' },
    ]);
  });

  it.each([
    [{ sections: { 'Global]\n[x': {} } }, 'cloud.conf can have no section "Global]\\n[x"'],
    [{ sections: { Global: { 'a b': 1 } } }, 'cloud.conf can have no variable "a b"'],
    [{ sections: { Global: { password: 'secret\r' } } }, 'a value of cloud.conf has a control character in it'],
    [{ other: true }, 'cloud-config.json is not what it has to be'],
  ])('refuses %j, and tells Salt and people why', async (config, reason) => {
    const exit = await run(config);

    expect(exit.status).toBe(1);
    expect(exit.stderr).toBe(`cloud.conf: ${reason}\n`);
    expect(JSON.parse(exit.stdout)).toEqual({ changed: false, comment: `cloud.conf: ${reason}` });
    expect(exit.stdout).not.toContain('secret\\r');
  });

  it('hands on why Swift did not answer', async () => {
    await workshop.standIn('slipway-store', 'echo "get cloud_config_get: Swift answered 401" >&2; exit 1');

    const exit = await workshop.run('slipway-cloud-config', [workshop.path('out')]);

    expect(exit.stderr).toBe('cloud.conf: get cloud_config_get: Swift answered 401\n');
  });
});
