import { ConfigError } from '../errors.ts';
import type { CloudConfig, EndpointInterface } from './cloud-config.ts';
import type { ServiceDescription } from './services.ts';

/** One address of one service, as Keystone's catalog lists it. */
export interface CatalogEndpoint {
  type: string;
  interface: string;
  region: string;
  url: string;
}

type Cloud = Pick<CloudConfig, 'name' | 'region' | 'interface' | 'endpointOverrides'>;

/**
 * Where a service is: the override of clouds.yaml, else the catalog's address for the interface and the region, with
 * the version behind it. No slash at the end.
 *
 * @throws ConfigError when the cloud has no such service there, naming what it has.
 */
export function serviceEndpoint(
  cloud: Cloud,
  catalog: readonly CatalogEndpoint[],
  service: ServiceDescription,
  projectId: string,
): string {
  const names = [...service.types, service.name.toLowerCase()];
  const override = names.map((name) => cloud.endpointOverrides[name]).find((url) => url !== undefined);
  const url = override ?? inVersion(endpointInCatalog(cloud, catalog, service).url, service.version);
  return withVersion(withProject(url, projectId).replace(/\/+$/, ''), service.version, projectId);
}

/**
 * Catalogs of clouds that have been upgraded for years still say /v2.0 for Keystone, /v2 for Nova or /v1 for Glance,
 * where the same service speaks the version of today as well. What an override says is meant so.
 */
function inVersion(url: string, version: string | undefined): string {
  const wanted = version?.split('/')[1];
  return wanted === undefined ? url : url.replace(/\/v\d+(\.\d+)?(?=\/|$)/, `/${wanted}`);
}

function endpointInCatalog(
  cloud: Cloud,
  catalog: readonly CatalogEndpoint[],
  service: ServiceDescription,
): CatalogEndpoint {
  const type = service.types.find((candidate) => catalog.some((endpoint) => endpoint.type === candidate));
  const ofService = catalog.filter((endpoint) => endpoint.type === type);
  const reachable = ofService.filter((endpoint) => endpoint.interface === cloud.interface);
  const here = reachable.filter((endpoint) => cloud.region === undefined || endpoint.region === cloud.region);
  const [first, ...others] = here;

  if (first === undefined) throw noEndpoint(cloud, service, ofService, catalog);
  if (others.some((endpoint) => endpoint.region !== first.region)) throw severalRegions(cloud, service, here);
  return first;
}

function noEndpoint(
  cloud: Cloud,
  service: ServiceDescription,
  ofService: readonly CatalogEndpoint[],
  catalog: readonly CatalogEndpoint[],
): ConfigError {
  const place = `${interfaceName(cloud.interface)}${cloud.region === undefined ? '' : ` in the region ${cloud.region}`}`;
  const problem =
    ofService.length === 0
      ? `Its catalog has no service of the type ${service.types[0]}; it has: ${listed(catalog.map(({ type }) => type))}`
      : `${service.name} has no ${place}; it has: ${listed(ofService.map((e) => `${e.interface} in ${e.region}`))}`;
  return new ConfigError(`The cloud ${cloud.name} offers no ${service.name}`, [problem], {
    hint: `Correct region_name or interface, or set ${service.name.toLowerCase()}_endpoint_override in clouds.yaml`,
  });
}

function severalRegions(cloud: Cloud, service: ServiceDescription, endpoints: readonly CatalogEndpoint[]): ConfigError {
  return new ConfigError(
    `The cloud ${cloud.name} offers ${service.name} in several regions`,
    [`No region is chosen; write region_name with one of: ${listed(endpoints.map(({ region }) => region))}`],
    { hint: 'Set region_name in clouds.yaml, or OS_REGION_NAME' },
  );
}

function interfaceName(name: EndpointInterface): string {
  return `${name} address`;
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].sort().join(', ') || 'nothing';
}

/** Overrides may carry the placeholders that Keystone's own catalog templates know, and those of openstacksdk. */
function withProject(url: string, projectId: string): string {
  return url.replace(/[%$]\((?:project|tenant)_id\)s|\{(?:project|tenant)_id\}/g, projectId);
}

function withVersion(url: string, version: string | undefined, projectId: string): string {
  if (version === undefined || /\/v\d+(\.\d+)?(\/|$)/.test(new URL(url).pathname)) return url;
  return url + version.replace('{project}', projectId);
}
