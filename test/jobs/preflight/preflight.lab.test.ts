import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doctor } from '../../../jobs/preflight/doctor.ts';
import { preflight } from '../../../jobs/preflight/preflight.ts';
import type { Finding } from '../../../src/clusters/finding.ts';
import { clusterNeeds } from '../../../src/clusters/quota.ts';
import { stackParameters } from '../../../src/clusters/stack.ts';
import { silentLogger } from '../../../src/log.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { deleteImage } from '../../../src/openstack/glance/images.ts';
import { previewStack } from '../../../src/openstack/heat/previews.ts';
import { loadTemplate } from '../../../src/openstack/heat/template-files.ts';
import { createKeypair, deleteKeypair } from '../../../src/openstack/nova/keypairs.ts';
import { getLimits } from '../../../src/openstack/nova/limits.ts';
import { connect, type OpenStack } from '../../../src/openstack/openstack.ts';
import { makePublicKey } from '../../../src/playground/demo/props.ts';
import type { Deployments } from '../../../src/store/deployments.ts';
import { buildWorkerThatSays } from '../../support/build-worker.ts';
import { stagingSpec } from '../../support/fixtures.ts';
import { someStackInputs } from '../../support/stack-inputs.ts';
import { makeTinyImage } from '../../support/tiny-image.ts';

const template = 'templates/heat/cluster.yaml';

function problems(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ level }) => level === 'problem');
}

function textOf(label: string, findings: readonly Finding[]): string {
  return findings.find((finding) => finding.label === label && finding.level !== 'problem')?.text ?? '';
}

function countOf(type: string, made: readonly { type: string }[]): number {
  return made.filter((resource) => resource.type === type).length;
}

describe('looking at a real OpenStack', () => {
  const { signal } = new AbortController();
  let openstack: OpenStack;

  beforeAll(() => {
    openstack = connect(readCloud('lab', process.env), { log: silentLogger() });
  });
  afterAll(() => openstack.close());

  function tools() {
    const deployments = { recent: () => Promise.resolve([]) } as unknown as Deployments;
    return {
      openstack: () => openstack,
      deployments,
      template,
      reservedCidrs: [],
      producer: buildWorkerThatSays(),
      log: silentLogger(),
    };
  }

  it('finds nothing in the way of a cluster, and the quota before and after', async () => {
    const network = { ...stagingSpec.network, cidr: '10.211.77.0/24' };
    const spec = {
      ...stagingSpec,
      name: 'preflight-lab',
      network,
      image: { name: 'preflight-lab', format: 'raw' as const, file: 'package.json' },
      keypair: { name: 'preflight-lab', publicKey: makePublicKey().publicKey },
    };
    const { servers, cores } = await getLimits(openstack.nova);

    const { findings } = await preflight(spec, tools(), signal);

    expect(problems(findings)).toEqual([]);
    expect(textOf('Control plane', findings)).toBe('1 × m1.medium (2 cores, 4 GiB)');
    expect(textOf('Quota', findings)).toMatch(
      new RegExp(`servers \\d+→\\d+ of ${servers.max} · cores \\d+→\\d+ of ${cores.max} · RAM .* GiB · floating IPs`),
    );
    const [, before, after] = /servers (\d+)→(\d+)/.exec(textOf('Quota', findings)) ?? [];
    expect(Number(after) - Number(before)).toBe(2);
  });

  it('has Heat check the whole stack, which takes what was counted', async () => {
    const key = makePublicKey();
    const image = await makeTinyImage(openstack.glance, key.name);
    await createKeypair(openstack.nova, key);
    const network = { ...stagingSpec.network, cidr: '10.211.78.0/24' };
    const nodes = { ...stagingSpec.nodes, count: 2, max: 3 };
    const spec = { ...stagingSpec, name: 'preflight-lab', network, nodes, keypair: { name: key.name } };
    const owner = { id: 'plan', cluster: spec.name, channel: 'C1', requestedBy: 'U1', requestedAt: 0, spec };
    const inputs = { ...someStackInputs, image: image.id, keypair: key.name };
    try {
      const { findings } = await preflight({ ...spec, image: { id: image.id } }, tools(), signal);
      const made = await previewStack(openstack.heat, {
        name: 'preflight-lab',
        ...(await loadTemplate(template)),
        parameters: stackParameters(owner, inputs),
      });

      const needs = clusterNeeds(spec, {
        controlPlane: { vcpus: 2, ramMib: 4096 },
        node: { vcpus: 1, ramMib: 2048 },
      });
      expect(problems(findings)).toEqual([]);
      expect(countOf('OS::Nova::Server', made)).toBe(needs.servers);
      expect(countOf('OS::Neutron::FloatingIP', made)).toBe(needs.floatingIps);
      expect(countOf('OS::Neutron::Port', made) + countOf('OS::Neutron::RouterInterface', made) + 1).toBe(needs.ports);
      expect(countOf('OS::Neutron::SecurityGroup', made)).toBe(needs.securityGroups);
    } finally {
      await deleteKeypair(openstack.nova, key.name);
      await deleteImage(openstack.glance, image.id);
    }
  });

  it('finds the cloud well, with the versions of its services', async () => {
    const findings = await doctor(openstack, signal);

    expect(problems(findings)).toEqual([]);
    expect(textOf('Keystone', findings)).toMatch(/^v3\.\d+ at .*, \d+ ms$/);
    expect(textOf('Nova', findings)).toMatch(/^2\.\d+ at .*, \d+ ms/);
    expect(textOf('Swift', findings)).toMatch(/^2\.\d+\.\d+ at /);
    expect(textOf('Swift can', findings)).toContain('URLs signed with');
    expect(textOf('External networks', findings)).not.toBe('');
    expect(textOf('Clock', findings)).toBe('agrees with this worker’s');
  });
});
