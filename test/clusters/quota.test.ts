import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { clusterNeeds, type Limits, limitsFinding, quotaFindings } from '../../src/clusters/quota.ts';

const medium = { vcpus: 2, ramMib: 4096 };
const small = { vcpus: 1, ramMib: 2048 };

interface Template {
  readonly resources: Readonly<
    Record<string, { readonly type: string; readonly properties: { readonly rules?: readonly unknown[] } }>
  >;
}

function read(file: string): Template {
  return load(readFileSync(`templates/heat/${file}`, 'utf8')) as Template;
}

describe('what a cluster takes of the quotas', () => {
  const [cluster, node] = [read('cluster.yaml'), read('node.yaml')];

  function inTemplates(type: string, nodes: number): number {
    const count = ({ resources }: Template) => Object.values(resources).filter((made) => made.type === type).length;
    return count(cluster) + nodes * count(node);
  }

  it.each([0, 1, 7])('is what the templates make of it, with %i nodes', (nodes) => {
    const needs = clusterNeeds({ nodes, controlPlane: medium, node: small });

    expect(needs).toMatchObject({
      servers: inTemplates('OS::Nova::Server', nodes),
      serverGroups: inTemplates('OS::Nova::ServerGroup', nodes),
      networks: inTemplates('OS::Neutron::Net', nodes),
      subnets: inTemplates('OS::Neutron::Subnet', nodes),
      routers: inTemplates('OS::Neutron::Router', nodes),
      floatingIps: inTemplates('OS::Neutron::FloatingIP', nodes),
      securityGroups: inTemplates('OS::Neutron::SecurityGroup', nodes),
      // One port for DHCP is not in the template.
      ports: inTemplates('OS::Neutron::Port', nodes) + inTemplates('OS::Neutron::RouterInterface', nodes) + 1,
      volumes: inTemplates('OS::Cinder::Volume', nodes),
    });
  });

  it('counts the rules of the templates’ security groups, and the two that each group begins with', () => {
    const groups = [cluster, node].flatMap(({ resources }) =>
      Object.values(resources).filter(({ type }) => type === 'OS::Neutron::SecurityGroup'),
    );
    const rules = groups.flatMap(({ properties }) => properties.rules ?? []);

    const needs = clusterNeeds({ nodes: 1, controlPlane: medium, node: small });

    expect(needs.securityGroupRules).toBe(rules.length + 2 * groups.length);
  });

  it('knows every kind of resource in the templates that a quota could count', () => {
    const types = [cluster, node].flatMap(({ resources }) => Object.values(resources).map(({ type }) => type));
    const known = [
      'OS::Nova::Server',
      'OS::Nova::ServerGroup',
      'OS::Neutron::Net',
      'OS::Neutron::Subnet',
      'OS::Neutron::Router',
      'OS::Neutron::RouterInterface',
      'OS::Neutron::FloatingIP',
      'OS::Neutron::SecurityGroup',
      'OS::Neutron::Port',
    ];

    const counted = types.filter((type) => /^OS::(Nova|Neutron|Cinder|Octavia)::/.test(type));

    expect(counted.filter((type) => !known.includes(type))).toEqual([]);
  });

  it('is the flavors’ cores and memory', () => {
    const { cores, ramMib } = clusterNeeds({ nodes: 3, controlPlane: medium, node: small });

    expect({ cores, ramMib }).toEqual({ cores: 5, ramMib: 10_240 });
  });
});

describe('needs against limits', () => {
  const needs = clusterNeeds({ nodes: 1, controlPlane: medium, node: small });
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
