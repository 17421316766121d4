import { describe, expect, it } from 'vitest';
import { controlPlaneFindings, nodeFindings } from '../../src/clusters/flavor-fit.ts';

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
