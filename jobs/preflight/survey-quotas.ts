import type { Limits } from '../../src/clusters/quota.ts';
import { getVolumeLimits, type VolumeLimits } from '../../src/openstack/cinder/limits.ts';
import { getNetworkQuotas, type NetworkQuotas } from '../../src/openstack/neutron/quotas.ts';
import { type ComputeLimits, getLimits } from '../../src/openstack/nova/limits.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { type Looked, type LookOptions, look } from './look.ts';

/** What the services tell of the project's quotas. */
export interface QuotaSurvey {
  readonly limits: Looked<ComputeLimits>;
  readonly networkQuotas: Looked<NetworkQuotas>;
  /** Undefined where the cloud has no volumes. */
  readonly volumeLimits: Looked<VolumeLimits | undefined>;
}

/**
 * Asks all services for the project's quotas, side by side. They enforce them by themselves, so that what one does not
 * tell beforehand stands in nobody's way.
 */
export async function surveyQuotas(openstack: OpenStack, signal: AbortSignal): Promise<QuotaSurvey> {
  const { nova, neutron } = openstack;
  const [limits, networkQuotas, volumeLimits] = await Promise.all([
    look('Nova', signal, (within) => getLimits(nova, within), limitsOf('Nova')),
    look(
      'Neutron',
      signal,
      async (within) => getNetworkQuotas(neutron, await openstack.projectId(within), within),
      limitsOf('Neutron'),
    ),
    look('Cinder', signal, (within) => volumeLimitsOf(openstack, within), limitsOf('Cinder')),
  ]);
  return { limits, networkQuotas, volumeLimits };
}

/** What the services told of their limits, in the domain's words. */
export function limitsIn({ limits, networkQuotas, volumeLimits }: QuotaSurvey): Limits {
  const volumes = volumeLimits.seen ? volumeLimits.value : undefined;
  return {
    ...(limits.seen && computeLimits(limits.value)),
    ...(networkQuotas.seen && networkQuotas.value),
    ...(volumes && { volumes: volumes.volumes, volumeGib: volumes.gibibytes }),
  };
}

function computeLimits({ servers, cores, ramMib, serverGroups }: ComputeLimits): Limits {
  return { servers, cores, ramMib, serverGroups };
}

function limitsOf(service: string): LookOptions {
  return { optional: `${service}’s limits` };
}

async function volumeLimitsOf(openstack: OpenStack, signal: AbortSignal): Promise<VolumeLimits | undefined> {
  return (await openstack.offers('cinder', signal)) ? getVolumeLimits(openstack.cinder, signal) : undefined;
}
