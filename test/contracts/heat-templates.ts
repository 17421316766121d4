const version = '2018-08-31';

/**
 * One server behind a router, with a floating IP and a wait condition that the server is to signal as a user that Heat
 * makes for this: what a cluster is made of, in small. HEAT_SIGNAL, because a token (TOKEN_SIGNAL) may end before a slow
 * boot does, and a signed Swift URL (TEMP_URL_SIGNAL) fails in Heat Zed, which takes its own placeholder for a signal.
 */
export const serverTemplate = {
  heat_template_version: version,
  description: 'One server behind a router',
  parameters: {
    image: { type: 'string', description: 'Image of the server', constraints: [{ custom_constraint: 'glance.image' }] },
    flavor: { type: 'string', constraints: [{ custom_constraint: 'nova.flavor' }] },
    key: { type: 'string' },
    external: { type: 'string' },
    label: { type: 'json', default: {} },
    passphrase: { type: 'string', hidden: true, default: 'very secret' },
  },
  resources: {
    net: { type: 'OS::Neutron::Net' },
    subnet: {
      type: 'OS::Neutron::Subnet',
      properties: { network: { get_resource: 'net' }, cidr: '10.20.0.0/24' },
    },
    router: {
      type: 'OS::Neutron::Router',
      properties: { external_gateway_info: { network: { get_param: 'external' } } },
    },
    router_interface: {
      type: 'OS::Neutron::RouterInterface',
      properties: { router: { get_resource: 'router' }, subnet: { get_resource: 'subnet' } },
    },
    security_group: {
      type: 'OS::Neutron::SecurityGroup',
      properties: { rules: [{ protocol: 'tcp', port_range_min: 6443, port_range_max: 6443 }] },
    },
    port: {
      type: 'OS::Neutron::Port',
      properties: {
        network: { get_resource: 'net' },
        fixed_ips: [{ subnet: { get_resource: 'subnet' } }],
        security_groups: [{ get_resource: 'security_group' }],
      },
    },
    floating_ip: {
      type: 'OS::Neutron::FloatingIP',
      depends_on: 'router_interface',
      properties: { floating_network: { get_param: 'external' }, port_id: { get_resource: 'port' } },
    },
    handle: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'HEAT_SIGNAL' } },
    ready: {
      type: 'OS::Heat::WaitCondition',
      depends_on: 'server',
      properties: { handle: { get_resource: 'handle' }, timeout: 120, count: 1 },
    },
    server: {
      type: 'OS::Nova::Server',
      properties: {
        name: { list_join: ['-', [{ get_param: 'OS::stack_name' }, 'server']] },
        image: { get_param: 'image' },
        flavor: { get_param: 'flavor' },
        key_name: { get_param: 'key' },
        networks: [{ port: { get_resource: 'port' } }],
        user_data_format: 'RAW',
        user_data: {
          str_replace: {
            template: '#cloud-config\n# SIGNAL\n',
            params: { SIGNAL: { get_attr: ['handle', 'signal'] } },
          },
        },
      },
    },
  },
  outputs: {
    server: { value: { get_resource: 'server' } },
    network: { value: { get_resource: 'net' } },
    address: { value: { get_attr: ['floating_ip', 'floating_ip_address'] } },
    signal: { value: { get_attr: ['handle', 'signal'] } },
    data: { value: { get_attr: ['ready', 'data'] } },
  },
} as const;

/** A group of nodes, each of which has to report by itself. */
export const groupTemplate = {
  heat_template_version: version,
  parameters: { count: { type: 'number' } },
  resources: {
    nodes: {
      type: 'OS::Heat::AutoScalingGroup',
      properties: {
        min_size: 1,
        max_size: 3,
        desired_capacity: { get_param: 'count' },
        resource: { type: 'node.yaml', properties: { timeout: 120 } },
      },
    },
  },
  outputs: {
    names: { value: { get_attr: ['nodes', 'outputs_list', 'name'] } },
    data: { value: { get_attr: ['nodes', 'outputs_list', 'data'] } },
  },
};

export const groupFiles = {
  'node.yaml': JSON.stringify({
    heat_template_version: version,
    parameters: { timeout: { type: 'number' } },
    resources: {
      suffix: { type: 'OS::Heat::RandomString', properties: { length: 6 } },
      handle: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'HEAT_SIGNAL' } },
      ready: {
        type: 'OS::Heat::WaitCondition',
        properties: { handle: { get_resource: 'handle' }, timeout: { get_param: 'timeout' } },
      },
    },
    outputs: {
      name: { value: { get_attr: ['suffix', 'value'] } },
      signal: { value: { get_attr: ['handle', 'signal'] } },
      data: { value: { get_attr: ['ready', 'data'] } },
    },
  }),
};

/** A resource that is a template of its own, whose file has to come along. */
export const nestedTemplate = {
  heat_template_version: version,
  resources: { node: { type: 'node.yaml', properties: { timeout: 120 } } },
};

/** Something that is there at once. */
export const smallTemplate = {
  heat_template_version: version,
  description: 'A random string',
  parameters: {
    length: { type: 'number', default: 8, description: 'How many characters' },
    secret: { type: 'string', hidden: true, default: '' },
  },
  resources: { value: { type: 'OS::Heat::RandomString', properties: { length: { get_param: 'length' } } } },
  outputs: { value: { value: { get_attr: ['value', 'value'] } } },
};

/** A server of a flavor that does not exist, at the top level or in a nested template. */
export const badFlavor = {
  direct: {
    heat_template_version: version,
    resources: { server: { type: 'OS::Nova::Server', properties: badServer() } },
  },
  nested: {
    heat_template_version: version,
    resources: {
      nodes: {
        type: 'OS::Heat::AutoScalingGroup',
        properties: { min_size: 1, max_size: 1, resource: { type: 'bad-node.yaml' } },
      },
    },
  },
  files: {
    'bad-node.yaml': JSON.stringify({
      heat_template_version: version,
      resources: { server: { type: 'OS::Nova::Server', properties: badServer() } },
    }),
  },
};

function badServer(): object {
  return { flavor: 'no-such-flavor', image: 'no-such-image', networks: [{ allocate_network: 'none' }] };
}

/** A template whose parameters decide what an update adds, deletes, replaces, changes and leaves alone. */
export const changingTemplate = {
  heat_template_version: version,
  parameters: {
    length: { type: 'number', default: 8 },
    extra: { type: 'boolean', default: false },
    label: { type: 'string', default: 'one' },
  },
  conditions: {
    extra: { equals: [{ get_param: 'extra' }, true] },
    plain: { not: { equals: [{ get_param: 'extra' }, true] } },
  },
  resources: {
    kept: { type: 'OS::Heat::RandomString', properties: { length: 5 } },
    remade: { type: 'OS::Heat::RandomString', properties: { length: { get_param: 'length' } } },
    renamed: { type: 'OS::Neutron::Net', properties: { name: { get_param: 'label' } } },
    new: { type: 'OS::Heat::RandomString', condition: 'extra' },
    old: { type: 'OS::Heat::RandomString', condition: 'plain' },
  },
  outputs: { kept: { value: { get_attr: ['kept', 'value'] } } },
};

/** Something that waits for as many signals as it is told to, and tells what it heard. */
export const waitingTemplate = {
  heat_template_version: version,
  parameters: { count: { type: 'number', default: 1 } },
  resources: {
    first: { type: 'OS::Heat::RandomString' },
    handle: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'HEAT_SIGNAL' } },
    ready: {
      type: 'OS::Heat::WaitCondition',
      properties: { handle: { get_resource: 'handle' }, timeout: 30, count: { get_param: 'count' } },
    },
  },
  outputs: { first: { value: { get_attr: ['first', 'value'] } }, data: { value: { get_attr: ['ready', 'data'] } } },
};
