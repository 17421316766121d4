import { type Finding, ok, problem, warning } from '../../src/clusters/finding.ts';
import { stackTag } from '../../src/clusters/names.ts';
import { listImages } from '../../src/openstack/glance/images.ts';
import { listStacks } from '../../src/openstack/heat/stacks.ts';
import { listNetworks } from '../../src/openstack/neutron/networks.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { look } from './look.ts';

/** One service and a question that takes it little. */
interface Probe {
  readonly client: ServiceClient;
  /** Undefined for an answer that tells no version. */
  ask(client: ServiceClient, signal: AbortSignal): Promise<Told | undefined>;
}

interface Told {
  readonly version?: string | undefined;
  /** The service's own clock, milliseconds since the epoch. */
  readonly date?: number | undefined;
}

/** Longer than this, and every look at a stack makes people wait. */
const slowMs = 5_000;

/** Every service that Slipway needs: whether it answers, where, how quickly, and whether its clock agrees. */
export async function checkServices(openstack: OpenStack, signal: AbortSignal): Promise<Finding[]> {
  const { keystone, swift, glance, nova, neutron, heat } = openstack;
  const probes: Probe[] = [
    { client: keystone, ask: askRoot },
    { client: nova, ask: askRoot },
    { client: neutron, ask: async (client, within) => void (await listNetworks(client, { external: true }, within)) },
    { client: glance, ask: async (client, within) => void (await listImages(client, { name: stackTag }, within)) },
    { client: swift, ask: askSwift },
    { client: heat, ask: async (client, within) => void (await listStacks(client, { tags: [stackTag] }, within)) },
  ];
  const answers = await Promise.all(probes.map((probe) => check(probe, signal)));
  const [volumes, balancing] = await Promise.all([
    look('Keystone', signal, (within) => openstack.offers('cinder', within)),
    look('Keystone', signal, (within) => openstack.offers('octavia', within)),
  ]);
  return [
    ...answers.map(({ finding }) => finding),
    ...(volumes.seen && !volumes.value ? [ok('Cinder', 'not offered; clusters will have no volumes')] : []),
    ...(balancing.seen && !balancing.value
      ? [ok('Octavia', 'not offered; clusters will have one control plane, and no Services of type LoadBalancer')]
      : []),
    ...clockFindings(answers.flatMap(({ skewMs }) => skewMs ?? [])),
  ];
}

interface Checked {
  readonly finding: Finding;
  readonly skewMs?: number;
}

async function check({ client, ask }: Probe, signal: AbortSignal): Promise<Checked> {
  const { name } = client.service;
  const begun = performance.now();
  const answer = await look(name, signal, (within) => ask(client, within));
  const took = Math.round(performance.now() - begun);
  if (!answer.seen) return { finding: answer.finding };
  const { version, date } = answer.value ?? {};
  const host = new URL(await client.endpoint(signal)).host;
  const text = `${version ?? 'answers'} at ${host}, ${took} ms`;
  return {
    finding:
      took > slowMs ? warning(name, `${text}, which is slow`, `See whether ${name} is overloaded`) : ok(name, text),
    // Halfway between question and answer is when the service looked at its clock.
    ...(date !== undefined && { skewMs: date - (Date.now() - took / 2) }),
  };
}

/** GET of the service's own address: its version, where it says so. */
async function askRoot(client: ServiceClient, signal: AbortSignal): Promise<Told> {
  const { name } = client.service;
  const { text, headers } = await client.call('GET', [], {
    doing: `Asking ${name} for its version`,
    ok: [200],
    signal,
  });
  return { version: versionIn(text), date: dateOf(headers.date) };
}

/** GET /info beside /v1; some keep it to themselves, which is an answer, too. */
async function askSwift(client: ServiceClient, signal: AbortSignal): Promise<Told> {
  const { text, headers, status } = await client.call('GET', [], {
    doing: 'Asking Swift what it can do',
    ok: [200, 401, 403, 404],
    base: (endpoint) => endpoint.replace(/\/v1(\/.*)?$/, '/info'),
    signal,
  });
  return { ...(status === 200 && { version: versionIn(text) }), date: dateOf(headers.date) };
}

interface Versions {
  readonly version?: { readonly id?: string; readonly version?: string };
  readonly swift?: { readonly version?: string };
}

/** Keystone names a version, Nova its newest microversion, Swift its release. */
function versionIn(text: string): string | undefined {
  try {
    const { version, swift }: Versions = JSON.parse(text);
    return version?.version || version?.id || swift?.version;
  } catch {
    return undefined;
  }
}

function dateOf(header: string | undefined): number | undefined {
  const date = Date.parse(header ?? '');
  return Number.isNaN(date) ? undefined : date;
}

/** HTTP's dates have no fractions of a second. */
const precisionMs = 2_000;
const noticeableMs = 30_000;
const harmfulMs = 5 * 60_000;

/** Signed URLs and signals hold for a time that two clocks have to agree on. */
function clockFindings(skews: readonly number[]): Finding[] {
  const [worst] = [...skews].sort((a, b) => Math.abs(b) - Math.abs(a));
  if (worst === undefined) return [];
  const seconds = Math.round(Math.abs(worst) / 1000);
  const words = `the cloud’s clock is ${seconds} s ${worst < 0 ? 'behind' : 'ahead of'} this worker’s`;
  const hint = 'Signed URLs depend on it: have both keep time by NTP';
  if (Math.abs(worst) > harmfulMs) return [problem('Clock', words, hint)];
  if (Math.abs(worst) > noticeableMs) return [warning('Clock', words, hint)];
  return [ok('Clock', Math.abs(worst) <= precisionMs ? 'agrees with this worker’s' : words)];
}
