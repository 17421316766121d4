import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { releaseId } from '../../src/clusters/release.ts';
import { stackParameters } from '../../src/clusters/stack.ts';
import { parseHeatYaml } from '../../src/openstack/heat/heat-yaml.ts';
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
  conditions?: Record<string, unknown>;
  resources: Record<string, { type: string; condition?: string; properties?: Record<string, unknown> }>;
  outputs?: Record<string, { description?: string; value: unknown }>;
}

const files = ['cluster.yaml', 'control-plane.yaml', 'member.yaml', 'node.yaml'] as const;
const servers = ['control-plane.yaml', 'node.yaml'] as const;

async function read(file: (typeof files)[number]): Promise<Template> {
  return parseHeatYaml(await readFile(`templates/heat/${file}`, 'utf8')) as Template;
}

/** All values under a key, wherever in a template they are. */
function valuesOf(key: string, within: unknown): unknown[] {
  if (typeof within !== 'object' || within === null) return [];
  return Object.entries(within).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(key, value)]);
}

/** The names of parameters that are asked for, those in the middle of a path as well. */
function parametersIn(within: unknown): string[] {
  return valuesOf('get_param', within).flatMap((asked) =>
    Array.isArray(asked) ? [String(asked[0])] : [String(asked)],
  );
}

function pattern(template: Template, parameter: string): RegExp {
  const found = template.parameters[parameter]?.constraints?.find((constraint) => constraint.allowed_pattern);
  return new RegExp(`^(?:${found?.allowed_pattern})$`); // Heat wants the whole value to match
}

it('are all there are', async () => {
  expect((await readdir('templates/heat')).sort()).toEqual([...files]);
});

describe.each(files)('%s', (file) => {
  it('describes and constrains every parameter', async () => {
    const { parameters } = await read(file);

    const careless = Object.entries(parameters)
      .filter(([, { description, constraints }]) => !description || !constraints?.length)
      .map(([name]) => name);

    expect(careless).toEqual([]);
  });

  it('describes every output', async () => {
    const { outputs = {} } = await read(file);

    expect(Object.values(outputs).map(({ description }) => description)).not.toContain(undefined);
  });

  it('hides the signed URLs, and gives no parameter a default', async () => {
    const { parameters } = await read(file);

    const visible = Object.entries(parameters).filter(([, { hidden }]) => hidden !== true);
    expect(visible.map(([name]) => name).filter((name) => /store|objects/.test(name))).toEqual([]);
    expect(Object.values(parameters).filter((parameter) => 'default' in parameter)).toEqual([]);
  });

  it('uses every parameter and every condition, and asks for none that it does not declare', async () => {
    const { parameters, conditions = {}, resources, outputs } = await read(file);

    const used = new Set(parametersIn({ conditions, resources, outputs }));
    const decided = new Set([
      ...valuesOf('condition', resources),
      ...valuesOf('if', { resources, outputs }).map((branches) => (branches as unknown[])[0]),
      ...valuesOf('not', conditions),
      ...valuesOf('and', conditions).flat(),
    ]);

    // Heat keeps `slipway` for Slipway itself; nothing in the stack needs it.
    expect([...used, ...(file === 'cluster.yaml' ? ['slipway'] : [])].sort()).toEqual(Object.keys(parameters).sort());
    expect([...decided].filter((name) => typeof name === 'string').sort()).toEqual(Object.keys(conditions).sort());
  });

  it('leaves no value of an `if` away, which Heat cannot copy', async () => {
    const template = await read(file);

    const short = valuesOf('if', template).filter((branches) => (branches as unknown[]).length !== 3);

    expect(short).toEqual([]);
  });

  it('calls no resource like a parameter, which Heat refuses', async () => {
    const { parameters, resources } = await read(file);

    expect(Object.keys(resources).filter((name) => name in parameters)).toEqual([]);
  });
});

describe.each(servers)('the server of %s', (file) => {
  it('has a wait condition whose signal outlives a token', async () => {
    const { resources } = await read(file);
    const of = (type: string) => Object.values(resources).filter((resource) => resource.type === type);

    expect(of('OS::Heat::WaitCondition')).toHaveLength(1);
    expect(valuesOf('signal_transport', resources)).toEqual(['HEAT_SIGNAL']);
    expect(of('OS::Nova::Server').map(({ condition }) => condition)).toEqual(['flavor_disk', 'any_volume']);
  });

  it('is not replaced for new user data, on a disk and on a volume', async () => {
    const { resources } = await read(file);

    expect(valuesOf('user_data_update_policy', resources)).toEqual(['IGNORE', 'IGNORE']);
    const [onDisk, onVolume] = valuesOf('user_data', resources);
    expect(onDisk).toEqual(onVolume);
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

it('tell control planes and nodes the same, but for their role and their signal', async () => {
  const [controlPlane, node] = await Promise.all(servers.map(read));

  const text = (template: Template | undefined) => JSON.stringify(valuesOf('user_data', template?.resources)[0]);

  const renamed = text(controlPlane)?.replaceAll('control-plane', 'node').replaceAll('control_plane_', 'node_');
  expect(renamed).toBe(text(node));
});

describe('the stack of a cluster', () => {
  it('declares the parameters that Slipway sends, no more and no fewer', async () => {
    const { parameters } = await read('cluster.yaml');
    const sent = stackParameters(deploymentAfter(...approvedStaging), someStackInputs);

    expect(Object.keys(sent).sort()).toEqual(Object.keys(parameters).sort());
  });

  it.each([
    ['control_plane_group', 'control-plane.yaml'],
    ['node_group', 'node.yaml'],
    ['api_members', 'member.yaml'],
  ] as const)('hands every parameter of a member of %s on to it', async (group, file) => {
    const cluster = await read('cluster.yaml');
    const member = await read(file);
    const { resource_def } = (cluster.resources[group]?.properties ?? {}) as {
      resource_def?: { type: string; properties: Record<string, unknown> };
    };

    expect(resource_def?.type).toBe(file);
    expect(Object.keys(resource_def?.properties ?? {}).sort()).toEqual(Object.keys(member.parameters).sort());
  });

  it('opens nothing to the world by itself', async () => {
    const { resources } = await read('cluster.yaml');
    const rules = valuesOf('rules', resources);

    expect(rules).toEqual([
      [
        { direction: 'ingress', ethertype: 'IPv4', remote_mode: 'remote_group_id' },
        { direction: 'ingress', ethertype: 'IPv6', remote_mode: 'remote_group_id' },
      ],
      { get_param: 'control_plane_rules' },
      { get_param: 'node_rules' },
    ]);
    expect(valuesOf('port_security_enabled', resources)).toEqual([]);
  });

  it('comes with every file that it refers to', async () => {
    const { template, files: sent } = await loadTemplate('templates/heat/cluster.yaml');

    const references = [
      template,
      ...Object.keys(sent)
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => JSON.parse(sent[name] ?? '')),
    ];
    expect(new Set(references.flatMap((part) => valuesOf('get_file', part)))).toEqual(
      new Set(['../cloud-init/boot.sh']),
    );
    expect(Object.keys(sent).sort()).toEqual([
      '../cloud-init/boot.sh',
      'control-plane.yaml',
      'member.yaml',
      'node.yaml',
    ]);
  });

  it('names servers within what a host name and Heat allow', async () => {
    const name = pattern(await read('cluster.yaml'), 'cluster_name');
    const longest = 'a'.repeat(30);

    expect(longest).toMatch(name);
    expect(`${longest}a`).not.toMatch(name);
    expect(`${longest}-control-plane-0`.length).toBeLessThanOrEqual(53);
    expect(`${longest}-node-99999`.length).toBeLessThanOrEqual(53);
  });
});
