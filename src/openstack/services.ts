/** One of the OpenStack services that Slipway talks to. */
export interface ServiceDescription {
  /** What people call it. */
  name: string;
  /** What the catalog calls it, preferred name first; all of them, and the name above, may be used for overrides. */
  types: readonly [string, ...string[]];
  /** What follows the address when the catalog leaves the version out; `{project}` stands for the project's id. */
  version?: string;
}

/**
 * The services by their usual names. All are spoken in one fixed major version, whose path has been the same since it
 * came to be, so that nothing has to be asked of a service before the first call. Catalogs commonly list Glance and
 * Neutron without a version, and Nova and Heat with one.
 */
export const services = {
  keystone: { name: 'Keystone', types: ['identity'], version: '/v3' },
  swift: { name: 'Swift', types: ['object-store'] },
  glance: { name: 'Glance', types: ['image'], version: '/v2' },
  nova: { name: 'Nova', types: ['compute', 'computev21'], version: '/v2.1' },
  neutron: { name: 'Neutron', types: ['network'], version: '/v2.0' },
  cinder: { name: 'Cinder', types: ['block-storage', 'volumev3'], version: '/v3/{project}' },
  octavia: { name: 'Octavia', types: ['load-balancer'], version: '/v2' },
  heat: { name: 'Heat', types: ['orchestration'], version: '/v1/{project}' },
} as const satisfies Record<string, ServiceDescription>;

/** What the code calls a service. */
export type ServiceName = keyof typeof services;
