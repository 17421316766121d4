import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { releaseId } from '../../src/clusters/release.ts';
import { stackParameters } from '../../src/clusters/stack.ts';
import { loadTemplate } from '../../src/openstack/heat/template-files.ts';
import { approvedStaging, deploymentAfter } from '../support/fixtures.ts';
import { someStackInputs } from '../support/stack-inputs.ts';

interface Parameter {
  type: string;
  description?: string;
  hidden?: boolean;
  default?: unknown;
  constraints?: readonly { allowed_pattern?: string }[];
}

interface Template {
  heat_template_version: string;
  description: string;
  parameters: Record<string, Parameter>;
  resources: Record<string, { type: string; properties?: Record<string, unknown> }>;
  outputs: Record<string, { description?: string; value: unknown }>;
}

const files = ['cluster.yaml', 'node.yaml'] as const;

async function read(file: (typeof files)[number]): Promise<Template> {
  return load(await readFile(`templates/heat/${file}`, 'utf8')) as Template;
}

/** All values under a key, wherever in a template they are. */
function valuesOf(key: string, within: unknown): unknown[] {
  if (typeof within !== 'object' || within === null) return [];
  return Object.entries(within).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(key, value)]);
}

function pattern(template: Template, parameter: string): RegExp {
  const found = template.parameters[parameter]?.constraints?.find((constraint) => constraint.allowed_pattern);
  return new RegExp(`^(?:${found?.allowed_pattern})$`); // Heat wants the whole value to match
}

describe.each(files)('%s', (file) => {
  it('describes and constrains every parameter', async () => {
    const { parameters } = await read(file);

    const careless = Object.entries(parameters)
      .filter(([, { description, constraints }]) => !description || !constraints?.length)
      .map(([name]) => name);

    expect(careless).toEqual([]);
  });

  it('describes every output', async () => {
    const { outputs } = await read(file);

    expect(Object.values(outputs).map(({ description }) => description)).not.toContain(undefined);
  });

  it('hides the signed URLs, and gives no parameter a default', async () => {
    const { parameters } = await read(file);

    expect(parameters.release_objects?.hidden).toBe(true);
    expect(Object.values(parameters).filter((parameter) => 'default' in parameter)).toEqual([]);
  });

  it('uses every parameter, and asks for none that it does not declare', async () => {
    const { parameters, resources, outputs } = await read(file);

    const used = new Set(valuesOf('get_param', { resources, outputs }));

    // Heat keeps `slipway` for Slipway itself; nothing in the stack needs it.
    expect([...used, ...(file === 'cluster.yaml' ? ['slipway'] : [])].sort()).toEqual(Object.keys(parameters).sort());
  });

  it('calls no resource like a parameter, which Heat refuses', async () => {
    const { parameters, resources } = await read(file);

    expect(Object.keys(resources).filter((name) => name in parameters)).toEqual([]);
  });

  it('gives every server a wait condition whose signal outlives a token', async () => {
    const { resources } = await read(file);
    const count = (type: string) => Object.values(resources).filter((resource) => resource.type === type).length;

    expect(count('OS::Nova::Server')).toBe(1);
    expect(count('OS::Heat::WaitCondition')).toBe(1);
    expect(valuesOf('signal_transport', resources)).toEqual(['HEAT_SIGNAL']);
  });

  it('takes versions and releases as they are, and nothing that could leave its place in the boot script', async () => {
    const template = await read(file);
    const alpha = 'v1.35.0-alpha.1-20-g0123456789abcd+dirty';

    expect(releaseId(alpha, [])).toMatch(pattern(template, 'release'));
    expect(`${releaseId(alpha, [])}"; reboot`).not.toMatch(pattern(template, 'release'));
    expect('v1.35.0-alpha.1-20-g0123456789abcd').toMatch(pattern(template, 'kubernetes_version'));
    expect('v1.34.2; reboot').not.toMatch(pattern(template, 'kubernetes_version'));
  });
});

describe('the stack of a cluster', () => {
  it('declares the parameters that Slipway sends, no more and no fewer', async () => {
    const { parameters } = await read('cluster.yaml');
    const sent = stackParameters(deploymentAfter(...approvedStaging), someStackInputs);

    expect(Object.keys(sent).sort()).toEqual(Object.keys(parameters).sort());
  });

  it('hands every parameter of a node on to it', async () => {
    const cluster = await read('cluster.yaml');
    const node = await read('node.yaml');
    const { resource } = (cluster.resources.node_group?.properties ?? {}) as {
      resource?: { type: string; properties: Record<string, unknown> };
    };

    expect(resource?.type).toBe('node.yaml');
    expect(Object.keys(resource?.properties ?? {}).sort()).toEqual(Object.keys(node.parameters).sort());
  });

  it('opens nothing to the world but the Kubernetes API', async () => {
    const { resources } = await read('cluster.yaml');
    const rules = valuesOf('rules', resources).flat() as Record<string, unknown>[];

    const open = rules.filter((rule) => rule.remote_mode !== 'remote_group_id');

    expect(open).toEqual([
      {
        direction: 'ingress',
        ethertype: 'IPv4',
        protocol: 'tcp',
        port_range_min: 6443,
        port_range_max: 6443,
        remote_ip_prefix: '0.0.0.0/0',
      },
    ]);
  });

  it('comes with every file that it refers to', async () => {
    const { template, files: sent } = await loadTemplate('templates/heat/cluster.yaml');

    const references = [
      template,
      ...Object.keys(sent)
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => JSON.parse(sent[name] ?? '')),
    ];
    expect(references.flatMap((part) => valuesOf('get_file', part))).toEqual([
      '../cloud-init/boot.sh',
      '../cloud-init/boot.sh',
    ]);
    expect(Object.keys(sent).sort()).toEqual(['../cloud-init/boot.sh', 'node.yaml']);
  });

  it('names servers within what a host name and Heat allow', async () => {
    const name = pattern(await read('cluster.yaml'), 'cluster_name');
    const longest = 'a'.repeat(30);

    expect(longest).toMatch(name);
    expect(`${longest}a`).not.toMatch(name);
    expect(`${longest}-control-plane`.length).toBeLessThanOrEqual(53);
  });
});
