import { describe, expect, it } from 'vitest';
import { type CatalogEndpoint, serviceEndpoint } from '../../src/openstack/catalog.ts';
import { services } from '../../src/openstack/services.ts';

const cloud = { name: 'demo', interface: 'public', endpointOverrides: {} } as const;

function endpoint(type: string, url: string, more: Partial<CatalogEndpoint> = {}): CatalogEndpoint {
  return { type, interface: 'public', region: 'One', url, ...more };
}

describe('the address of a service', () => {
  it.each([
    ['glance' as const, 'image', 'http://g:9292', 'http://g:9292/v2'],
    ['glance' as const, 'image', 'http://g/image/v2/', 'http://g/image/v2'],
    ['neutron' as const, 'network', 'http://n:9696/', 'http://n:9696/v2.0'],
    ['neutron' as const, 'network', 'http://c/networking/v2.0', 'http://c/networking/v2.0'],
    ['nova' as const, 'compute', 'http://c:8774/v2.1/p1', 'http://c:8774/v2.1/p1'],
    ['nova' as const, 'compute', 'http://c/compute', 'http://c/compute/v2.1'],
    ['heat' as const, 'orchestration', 'http://h:8004/v1/p1', 'http://h:8004/v1/p1'],
    ['heat' as const, 'orchestration', 'http://h/heat-api', 'http://h/heat-api/v1/p1'],
    ['keystone' as const, 'identity', 'http://k:5000', 'http://k:5000/v3'],
    ['keystone' as const, 'identity', 'http://k:5000/v2.0/', 'http://k:5000/v3'],
    ['nova' as const, 'compute', 'http://c:8774/v2/p1', 'http://c:8774/v2.1/p1'],
    ['cinder' as const, 'volumev3', 'http://b:8776/v3/p1/', 'http://b:8776/v3/p1'],
    ['octavia' as const, 'load-balancer', 'http://o:9876', 'http://o:9876/v2'],
    ['octavia' as const, 'load-balancer', 'http://c/load-balancer/v2.0', 'http://c/load-balancer/v2'],
    ['swift' as const, 'object-store', 'http://s/v1/AUTH_p1', 'http://s/v1/AUTH_p1'],
  ])('of %s, listed as %s at %s, is %s', (service, type, listed, expected) => {
    const found = serviceEndpoint(cloud, [endpoint(type, listed)], services[service], 'p1');

    expect(found).toBe(expected);
  });

  it('is the one of the interface and the region that were chosen', () => {
    const catalog = [
      endpoint('image', 'http://admin', { interface: 'admin' }),
      endpoint('image', 'http://one', { interface: 'internal' }),
      endpoint('image', 'http://two', { interface: 'internal', region: 'Two' }),
    ];

    const found = serviceEndpoint({ ...cloud, interface: 'internal', region: 'Two' }, catalog, services.glance, 'p1');

    expect(found).toBe('http://two/v2');
  });

  it('is the override when there is one, with the project put in', () => {
    const overridden = { ...cloud, endpointOverrides: { 'object-store': 'http://s/v1/AUTH_%(project_id)s' } };

    expect(serviceEndpoint(overridden, [], services.swift, 'p1')).toBe('http://s/v1/AUTH_p1');
  });

  it.each([
    ['object-store', 'swift', 'http://x/v1/AUTH_{project_id}', 'http://x/v1/AUTH_p1'],
    ['swift', 'swift', 'http://x/v1/AUTH_$(tenant_id)s', 'http://x/v1/AUTH_p1'],
    ['heat', 'heat', 'http://x/', 'http://x/v1/p1'],
    ['volumev3', 'cinder', 'http://x/v3/%(project_id)s', 'http://x/v3/p1'],
    ['cinder', 'cinder', 'http://x', 'http://x/v3/p1'],
    ['nova', 'nova', 'http://x/v2', 'http://x/v2'],
  ] as const)('may be overridden by the name %s for %s', (key, service, written, expected) => {
    const overridden = { ...cloud, endpointOverrides: { [key]: written } };

    expect(serviceEndpoint(overridden, [], services[service], 'p1')).toBe(expected);
  });

  it('is missed with what the catalog has instead', () => {
    const find = () => serviceEndpoint(cloud, [endpoint('image', 'http://g')], services.heat, 'p1');

    expect(find).toThrow('The cloud demo offers no Heat');
    expect(find).toThrow(
      expect.objectContaining({ problems: ['Its catalog has no service of the type orchestration; it has: image'] }),
    );
  });

  it('is missed with the regions that have it', () => {
    const find = () =>
      serviceEndpoint({ ...cloud, region: 'Nine' }, [endpoint('image', 'http://g')], services.glance, 'p1');

    expect(find).toThrow(
      expect.objectContaining({
        problems: ['Glance has no public address in the region Nine; it has: public in One'],
      }),
    );
  });

  it('is not chosen by chance where there are several regions', () => {
    const catalog = [endpoint('image', 'http://one'), endpoint('image', 'http://two', { region: 'Two' })];

    const find = () => serviceEndpoint(cloud, catalog, services.glance, 'p1');

    expect(find).toThrow(
      expect.objectContaining({ problems: ['No region is chosen; write region_name with one of: One, Two'] }),
    );
  });
});
