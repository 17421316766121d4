import { createHash } from 'node:crypto';

/** The one region of the playground. */
export const region = 'RegionOne';

/** Where each service is, by its type; what the service catalog is made of. */
export function serviceUrls(
  baseUrl: string,
  projectId: string,
): readonly { type: string; name: string; url: string }[] {
  return [
    { type: 'identity', name: 'keystone', url: `${baseUrl}/identity/v3` },
    { type: 'object-store', name: 'swift', url: `${baseUrl}/swift/v1/AUTH_${projectId}` },
    { type: 'image', name: 'glance', url: `${baseUrl}/image` },
    { type: 'compute', name: 'nova', url: `${baseUrl}/compute/v2.1` },
    { type: 'network', name: 'neutron', url: `${baseUrl}/network` },
    { type: 'volumev3', name: 'cinderv3', url: `${baseUrl}/volume/v3/${projectId}` },
    { type: 'load-balancer', name: 'octavia', url: `${baseUrl}/load-balancer` },
    { type: 'orchestration', name: 'heat', url: `${baseUrl}/orchestration/v1/${projectId}` },
  ];
}

/** The catalog as a token carries it. */
export function catalog(baseUrl: string, projectId: string): object[] {
  return serviceUrls(baseUrl, projectId).map(({ type, name, url }) => ({
    type,
    name,
    id: stableId(type),
    endpoints: ['public', 'internal', 'admin'].map((kind) => ({
      id: stableId(`${type} ${kind}`),
      interface: kind,
      region,
      region_id: region,
      url,
    })),
  }));
}

function stableId(name: string): string {
  return createHash('md5').update(name).digest('hex');
}
