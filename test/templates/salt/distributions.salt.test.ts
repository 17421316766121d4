import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, newMachine } from './support/machine.ts';
import { type StoreServer, startStoreServer } from './support/store-server.ts';

const distributions = [
  { os: 'Debian', os_family: 'Debian', osmajorrelease: 12 },
  { os: 'Debian', os_family: 'Debian', osmajorrelease: 13 },
  { os: 'Ubuntu', os_family: 'Debian', osmajorrelease: 22 },
  { os: 'Ubuntu', os_family: 'Debian', osmajorrelease: 24 },
  { os: 'Rocky', os_family: 'RedHat', osmajorrelease: 9 },
  { os: 'AlmaLinux', os_family: 'RedHat', osmajorrelease: 9 },
] as const;

interface LowState {
  readonly state: string;
  readonly name: string;
  readonly __id__: string;
}

let store: StoreServer;
let machine: Machine;

beforeAll(async () => {
  store = await startStoreServer();
  machine = await newMachine({ role: 'control-plane', store });
});

afterAll(async () => {
  await machine?.remove();
  await store?.close();
});

/** All states that such a server gets, rendered and not applied. */
async function states(grains: object): Promise<LowState[]> {
  const minion = JSON.parse(await machine.read('opt/slipway/etc/minion')) as { grains: object };
  await machine.write(
    'opt/slipway/etc/other/minion',
    JSON.stringify({ ...minion, grains: { ...minion.grains, ...grains } }),
  );
  const { stdout, stderr } = await machine.run(
    ...['/opt/slipway/salt-onedir/salt-call', '--local', '--config-dir', '/opt/slipway/etc/other'],
    ...['--out=json', 'state.show_lowstate'],
  );
  const { local } = JSON.parse(stdout || '{}') as { local?: (LowState | string)[] };
  const rendered = (local ?? []).filter((each) => typeof each === 'object');
  // What cannot be rendered is a list of complaints.
  if (local === undefined || rendered.length < local.length) throw new Error(JSON.stringify(local ?? stderr));
  return rendered;
}

function packages(all: readonly LowState[]): string {
  return all.find(({ __id__ }) => __id__ === 'prerequisites-packages')?.name ?? '';
}

describe('the states of a control plane', () => {
  it.each(distributions)('can be rendered for $os $osmajorrelease', async (grains) => {
    const all = await states(grains);
    const ids = all.map(({ __id__ }) => __id__);

    expect(ids).toContain('addons-groups');
    expect(ids.includes('prerequisites-selinux')).toBe(grains.os_family === 'RedHat');
    expect(packages(all)).toContain(
      grains.os_family === 'RedHat' ? "'conntrack=conntrack-tools'" : "'conntrack=conntrack'",
    );
  });

  it('refuse other distributions by name', async () => {
    const refusal = (await states({ os: 'Gentoo', os_family: 'Gentoo' })).find(
      ({ __id__ }) => __id__ === 'prerequisites-distribution',
    );

    expect(refusal).toMatchObject({
      state: 'test',
      name: 'these states know Debian, Ubuntu, Rocky and Alma, not Gentoo',
    });
  });
});
