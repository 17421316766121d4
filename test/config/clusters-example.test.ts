import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { namedVerbs } from '../../src/clusters/verbs.ts';
import { parseClustersFile, readClustersFile } from '../../src/config/clusters-file.ts';

describe('clusters.example.yaml', () => {
  it('is a valid clusters.yaml', () => {
    const problems: string[] = [];

    const file = readClustersFile('clusters.example.yaml', problems);

    expect(problems).toEqual([]);
    expect([...(file?.clusters.keys() ?? [])]).toEqual(['staging']);
  });

  it('is one with everything in it that it has as comments, but for what is the other choice', () => {
    const problems: string[] = [];

    const file = parseClustersFile(withoutComments(readFileSync('clusters.example.yaml', 'utf8')), 'x.yaml', problems);

    expect(problems).toEqual([]);
    expect(file?.policy).toMatchObject({
      access: { view: ['S0SUPPORT'] },
      read: ['S0SUPPORT'],
      commands: { down: ['S0PLATFORM'] },
    });
    expect(file?.policy.clusters?.get('staging')).toMatchObject({
      request: ['S0PLATFORM'],
      approve: { from: ['S0PLATFORM'], count: 2 },
      commands: { down: ['U0OWNER'], logs: ['S0DEVELOPERS', 'S0SUPPORT'] },
    });
    expect(file?.auditChannel).toBe('C0AUDIT');
    expect(file?.clusters.get('staging')).toMatchObject({
      controlPlane: { availabilityZone: 'az1', bootVolume: { size: 40, type: 'ssd' } },
      nodes: { floatingIps: true },
      network: {
        apiFrom: ['203.0.113.0/24'],
        rules: [{ ports: [22, 22] }, { ports: [30_000, 32_767] }],
        plugin: { name: 'calico' },
        proxy: { none: ['.example.org'] },
      },
      imageRepository: 'registry.example.org/k8s',
      cloudProvider: { controller: true, volumes: true, storageClass: true },
      cloudConfig: { LoadBalancer: { 'lb-provider': 'amphora' } },
    });
  });

  it('names each command that a policy may name', () => {
    const text = readFileSync('clusters.example.yaml', 'utf8').replaceAll(/\n *# /g, ' ');

    expect(text).toContain(`${namedVerbs.join(', ')}. Whoever`);
  });
});

/** Lines that are YAML behind their `# `; those of the other image, the other Kubernetes and the other network stay out. */
function withoutComments(text: string): string {
  const isOther = /^ *# (kubernetes|existing|repository|platform|swift):/;
  const isYaml = /^( *)# ( *(?:- \{.*|(?:[A-Za-z0-9]+|'[^']+'):(?: .*)?))$/;
  return text
    .split('\n')
    .map((line) => (isOther.test(line) ? line : line.replace(isYaml, '$1$2')))
    .join('\n')
    .replaceAll('sha512: …', `sha512: ${'a'.repeat(128)}`);
}
