import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { clusterNeeds, type Limits, limitsFinding, quotaFindings } from '../../src/clusters/quota.ts';
import { stagingSpec } from '../support/fixtures.ts';

const flavors = { controlPlane: { vcpus: 2, ramMib: 4096 }, node: { vcpus: 1, ramMib: 2048 } };

/** A cluster that is other than a small ordinary one. */
function needsOf(changes: Partial<ClusterSpec> = {}) {
  return clusterNeeds({ ...stagingSpec, ...changes }, flavors);
}

// test/templates holds the numbers against what Heat makes of the templates.
describe('what a cluster takes of the quotas', () => {
  it('is what a small one is made of', () => {
    expect(needsOf()).toEqual({
      servers: 2,
      cores: 3,
      ramMib: 6144,
      serverGroups: 2,
      networks: 1,
      subnets: 1,
      routers: 1,
      floatingIps: 1,
      ports: 4,
      securityGroups: 3,
      securityGroupRules: 9,
      volumes: 0,
      volumeGib: 0,
    });
  });

  it('grows with its servers', () => {
    const nodes = { ...stagingSpec.nodes, count: 3 };

    expect(needsOf({ nodes })).toMatchObject({ servers: 4, cores: 5, ramMib: 10_240, ports: 6, floatingIps: 1 });
  });

  it('includes three control planes and the port and the rule of their load balancer', () => {
    const controlPlane = { ...stagingSpec.controlPlane, count: 3 } as const;

    expect(needsOf({ controlPlane })).toMatchObject({
      servers: 4,
      cores: 7,
      ports: 7,
      floatingIps: 1,
      securityGroupRules: 10,
    });
  });

  it('includes no network where there is one', () => {
    const network = { ...stagingSpec.network, existing: { network: 'a', subnet: 'b' } };

    expect(needsOf({ network })).toMatchObject({ networks: 0, subnets: 0, routers: 0, ports: 2 });
  });

  it('includes the addresses and the boot volumes of nodes, and those only', () => {
    const nodes = { ...stagingSpec.nodes, count: 2, floatingIps: true, bootVolume: { size: 30 } };
    const network = { ...stagingSpec.network, floatingIp: false };

    expect(needsOf({ nodes, network })).toMatchObject({ floatingIps: 2, volumes: 2, volumeGib: 60 });
  });

  it('includes what else may come in, and no server groups where Nova is left alone', () => {
    const rules = [
      { to: 'all', protocol: 'tcp', ports: [22, 22], from: '10.0.0.0/8' },
      { to: 'nodes', protocol: 'icmp', from: '10.0.0.0/8' },
    ] as const;
    const network = { ...stagingSpec.network, rules };

    expect(needsOf({ network, serverGroup: 'none' })).toMatchObject({ securityGroupRules: 12, serverGroups: 0 });
  });
});

describe('needs against limits', () => {
  const needs = needsOf();
  const roomy: Limits = {
    servers: { used: 4, max: 10 },
    cores: { used: 12, max: 20 },
    ramMib: { used: 8192, max: 40_960 },
    floatingIps: { used: 1 },
    networks: { used: 3, max: 100 },
  };

  it('are one line with what is there before and after, of what people watch', () => {
    expect(quotaFindings(needs, roomy)).toEqual([
      {
        level: 'ok',
        label: 'Quota',
        text: 'servers 4→6 of 10 · cores 12→15 of 20 · RAM 8→14 of 40 GiB · floating IPs 1→2',
      },
    ]);
  });

  it('are in the way where too little is left, everything at once, with how much', () => {
    const [problem] = quotaFindings(needs, { ...roomy, cores: { used: 18, max: 20 }, routers: { used: 10, max: 10 } });

    expect(problem?.level).toBe('problem');
    expect(problem?.text).toBe(
      'The project’s quota is too small for cores: 3 needed, 2 free of 20 · routers: 1 needed, 0 free of 10',
    );
    expect(problem?.hint).toMatch(/larger quota/);
  });

  it('give a warning where the last of something is taken', () => {
    const findings = quotaFindings(needs, { ...roomy, servers: { used: 8, max: 10 }, ports: { used: 6, max: 10 } });

    expect(findings.filter(({ level }) => level === 'warning').map(({ text }) => text)).toEqual([
      'This takes the last of the project’s quota for servers, ports',
    ]);
  });

  it('hold nothing against a cloud that does not tell its limits', () => {
    expect(quotaFindings(needs, {})).toEqual([]);
  });

  it('are not in the way where a project is over its quota for what is not needed', () => {
    const levels = quotaFindings(needs, { ...roomy, volumes: { used: 12, max: 10 } }).map(({ level }) => level);

    expect(levels).toEqual(['ok']);
  });
});

describe('the limits of a project', () => {
  it('are well while something is left of each', () => {
    expect(limitsFinding({ servers: { used: 1, max: 2 }, volumeGib: { used: 0, max: 1000 } })).toEqual([
      { level: 'ok', label: 'Quota', text: 'servers 1 of 2' },
    ]);
  });

  it('stand in the way where nothing is left of what every cluster needs', () => {
    const findings = limitsFinding({
      servers: { used: 2, max: 2 },
      cores: { used: 1, max: 2 },
      routers: { used: 10, max: 10 },
    });

    expect(findings).toMatchObject([
      { level: 'ok', text: 'servers 2 of 2 · cores 1 of 2 · routers 10 of 10' },
      { level: 'problem', text: expect.stringMatching(/Nothing is left .* for servers, routers, so no cluster/) },
    ]);
  });

  it('are well where only volumes are used up, which a cluster comes up without', () => {
    const findings = limitsFinding({ volumes: { used: 10, max: 10 }, volumeGib: { used: 5, max: 5 } });

    expect(findings).toEqual([{ level: 'ok', label: 'Quota', text: 'volumes 10 of 10 · volume space 5 of 5 GiB' }]);
  });
});
