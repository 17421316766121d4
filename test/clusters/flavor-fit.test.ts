import { describe, expect, it } from 'vitest';
import {
  controlPlaneFindings,
  controlPlanesFinding,
  nodeFindings,
  nodesFinding,
} from '../../src/clusters/flavor-fit.ts';

const flavor = { name: 'm1', vcpus: 2, ramMib: 4096, diskGib: 20 };
const image = { name: 'debian-12' };

describe('a flavor for the control plane', () => {
  it.each([
    ['is taken when kubeadm takes it', {}, {}, []],
    ['is refused with one core', { vcpus: 1 }, {}, [['problem', /has 1 core where kubeadm wants 2$/]]],
    [
      'is refused below 1700 MiB',
      { ramMib: 1699 },
      {},
      [['problem', /has 1699 MiB of memory where kubeadm wants 1700/]],
    ],
    ['is refused for both', { vcpus: 1, ramMib: 512 }, {}, [['problem', /1 core .* and 512 MiB/]]],
    ['is taken with 1700 MiB, and a warning', { ramMib: 1700 }, {}, [['warning', /1700 MiB of memory; 2 GiB/]]],
    ['is refused when the image wants a larger disk', {}, { minDiskGib: 40 }, [['problem', /wants a disk of 40 GiB/]]],
    ['is refused when the image is larger', { diskGib: 1 }, { bytes: 2 ** 30 + 1 }, [['problem', /a disk of 2 GiB/]]],
    ['is refused when the image wants more memory', {}, { minRamMib: 8192 }, [['problem', /wants 8192 MiB of memory/]]],
    ['without a disk gets a warning', { diskGib: 0 }, { minDiskGib: 2 }, [['warning', /only as large as the image/]]],
    ['with a small disk gets a warning', { diskGib: 9 }, { minDiskGib: 2 }, [['warning', /10 leave room/]]],
  ] as const)('%s', (_, size, demand, expected) => {
    const findings = controlPlaneFindings({ ...flavor, ...size }, { ...image, ...demand });

    expect(findings.map(({ level }) => level)).toEqual(expected.map(([level]) => level));
    for (const [index, [, text]] of expected.entries()) expect(findings[index]?.text).toMatch(text);
  });
});

describe('a flavor for nodes', () => {
  it('may have one core', () => {
    expect(nodeFindings({ ...flavor, vcpus: 1, ramMib: 2048 }, image)).toEqual([]);
  });

  it('gets a warning below 2 GiB', () => {
    const [finding] = nodeFindings({ ...flavor, ramMib: 1024 }, image);

    expect(finding).toMatchObject({ level: 'warning', label: 'Nodes' });
  });
});

describe('a boot volume', () => {
  it.each([
    [40, []],
    [9, [['warning', /^Control plane: a boot volume has 9 GiB/]]],
    [1, [['problem', /wants a disk of 2 GiB, and the boot volume has 1$/]]],
  ] as const)('of %i GiB stands in for the flavor’s disk', (size, expected) => {
    const findings = controlPlaneFindings({ ...flavor, diskGib: 1 }, { ...image, minDiskGib: 2 }, { size });

    expect(findings.map(({ level }) => level)).toEqual(expected.map(([level]) => level));
    for (const [index, [, text]] of expected.entries()) expect(findings[index]?.text).toMatch(text);
  });
});

describe('the lines of a plan', () => {
  const [servers, nodes] = [
    { count: 1, flavor: 'm1' },
    { count: 2, max: 2, flavor: 'm1', floatingIps: false },
  ];

  it.each([
    [{}, '1 × m1 (2 cores, 4 GiB)'],
    [{ count: 3 }, '3 × m1 (2 cores, 4 GiB) behind a load balancer'],
    [
      { bootVolume: { size: 40, type: 'ssd' }, availabilityZone: 'az1' },
      '1 × m1 (2 cores, 4 GiB), on volumes of 40 GiB (ssd), in the zone az1',
    ],
  ])('say of control planes with %j: %s', (changes, text) => {
    expect(controlPlanesFinding({ ...servers, ...changes }, flavor)).toMatchObject({ label: 'Control plane', text });
  });

  it.each([
    [{}, '2 × m1 (2 cores, 4 GiB)'],
    [{ max: 5, floatingIps: true }, '2 × m1 (2 cores, 4 GiB), up to 5, each with a floating IP'],
    [{ bootVolume: { size: 30 } }, '2 × m1 (2 cores, 4 GiB), on volumes of 30 GiB'],
  ])('say of nodes with %j: %s', (changes, text) => {
    expect(nodesFinding({ ...nodes, ...changes }, flavor)).toMatchObject({ label: 'Nodes', text });
  });
});
