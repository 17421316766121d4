import { Secret } from '../secret.ts';
import type { ClientCertificate, CloudConfig, EndpointInterface } from './cloud-config.ts';
import type { CloudProblems } from './cloud-problems.ts';

type Transport = Pick<
  CloudConfig,
  'region' | 'interface' | 'endpointOverrides' | 'ca' | 'clientCertificate' | 'verify'
>;

const interfaces: readonly EndpointInterface[] = ['public', 'internal', 'admin'];
const overrideSuffix = '_endpoint_override';

/** Which addresses to use, whom to trust there, and what to show them. */
export function readTransport(problems: CloudProblems): Transport | undefined {
  const region = problems.text('region_name');
  const chosen = readInterface(problems);
  const verify = readVerify(problems);
  const ca = problems.content('cacert', 'a PEM file');
  const clientCertificate = readClientCertificate(problems);
  const endpointOverrides = readOverrides(problems);

  if (chosen === undefined) return undefined;
  return {
    ...(region === undefined ? {} : { region }),
    interface: chosen,
    endpointOverrides,
    ...(ca === undefined ? {} : { ca }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    verify,
  };
}

/** Older files write publicURL for public. */
function readInterface(problems: CloudProblems): EndpointInterface | undefined {
  const written = problems.text('interface') ?? 'public';
  const found = interfaces.find((candidate) => written === candidate || written === `${candidate}URL`);
  if (found === undefined) problems.wrong('interface', `is ${written}; write one of ${interfaces.join(', ')}`);
  return found;
}

/** `insecure: true` wins over `verify: true`. */
function readVerify(problems: CloudProblems): boolean {
  const { verify, insecure } = problems.entry.settings;
  const saysNo = (value: unknown): boolean => value === false || /^(false|no|0)$/i.test(String(value));
  const saysYes = (value: unknown): boolean => value === true || /^(true|yes|1)$/i.test(String(value));
  return !(saysNo(verify) || saysYes(insecure));
}

/** The file of `cert` may hold the key as well. */
function readClientCertificate(problems: CloudProblems): ClientCertificate | undefined {
  const cert = problems.content('cert', 'a PEM file');
  const key = problems.content('key', 'the PEM file of the key that belongs to cert');
  if (cert === undefined) {
    if (key !== undefined) problems.missing('cert', '/etc/ssl/certs/slipway.pem');
    return undefined;
  }
  if (key !== undefined) return { cert, key: new Secret(key) };
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(cert)) return { cert, key: new Secret(cert) };
  if (problems.text('key') === undefined) problems.missing('key', '/etc/ssl/private/slipway.key');
  return undefined;
}

/**
 * `object_store_endpoint_override: http://…` stands for the catalog's entry of the type object-store, and so does
 * `swift_endpoint_override`, which is what people write.
 */
function readOverrides(problems: CloudProblems): Record<string, string> {
  const overrides: Record<string, string> = {};
  for (const key of Object.keys(problems.entry.settings)) {
    if (!key.endsWith(overrideSuffix)) continue;
    const address = problems.address(key);
    if (address === undefined) continue;
    if (URL.canParse(address) && /^https?:/.test(address)) {
      overrides[key.slice(0, -overrideSuffix.length).replaceAll('_', '-')] = address;
    } else problems.wrong(key, `is not an address: ${address}; write http://host:port/path`);
  }
  return overrides;
}
