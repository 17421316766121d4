import { readFileSync } from 'node:fs';
import type { CloudConfig, EndpointInterface } from './cloud-config.ts';
import type { CloudProblems } from './cloud-problems.ts';

type Transport = Pick<CloudConfig, 'region' | 'interface' | 'endpointOverrides' | 'ca' | 'verify'>;

const interfaces: readonly EndpointInterface[] = ['public', 'internal', 'admin'];
const overrideSuffix = '_endpoint_override';

/** Which addresses to use and whom to trust there. */
export function readTransport(problems: CloudProblems): Transport | undefined {
  const region = problems.text('region_name');
  const chosen = readInterface(problems);
  const ca = readAuthorities(problems);
  const verify = readVerify(problems);
  const endpointOverrides = readOverrides(problems);

  if (chosen === undefined) return undefined;
  return {
    ...(region === undefined ? {} : { region }),
    interface: chosen,
    endpointOverrides,
    ...(ca === undefined ? {} : { ca }),
    verify,
  };
}

/** Older files write publicURL for public. */
function readInterface(problems: CloudProblems): EndpointInterface | undefined {
  const written = problems.firstText(['interface', 'endpoint_type']) ?? 'public';
  const found = interfaces.find((candidate) => written === candidate || written === `${candidate}URL`);
  if (found === undefined) problems.wrong('interface', `is ${written}; write one of ${interfaces.join(', ')}`);
  return found;
}

function readAuthorities(problems: CloudProblems): string | undefined {
  const file = problems.text('cacert');
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch {
    problems.wrong('cacert', `names ${file}, which cannot be read; write the path of a PEM file`);
    return undefined;
  }
}

function readVerify(problems: CloudProblems): boolean {
  const { verify, insecure } = problems.entry.settings;
  const saysNo = (value: unknown): boolean => value === false || /^(false|no|0)$/i.test(String(value));
  const saysYes = (value: unknown): boolean => value === true || /^(true|yes|1)$/i.test(String(value));
  return !(saysNo(verify) || saysYes(insecure));
}

/** `object_store_endpoint_override: http://…` stands for the catalog's entry of the type object-store. */
function readOverrides(problems: CloudProblems): Record<string, string> {
  const overrides: Record<string, string> = {};
  for (const key of Object.keys(problems.entry.settings)) {
    if (!key.endsWith(overrideSuffix)) continue;
    const address = problems.text(key);
    if (address === undefined) continue;
    if (URL.canParse(address)) overrides[key.slice(0, -overrideSuffix.length).replaceAll('_', '-')] = address;
    else problems.wrong(key, `is not an address: ${address}; write http://host:port/path`);
  }
  return overrides;
}
