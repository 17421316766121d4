import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { durationText } from '../../src/clusters/duration.ts';
import { estimateOf, estimateText } from '../../src/clusters/estimate.ts';
import { type Finding, ok, problemsIn } from '../../src/clusters/finding.ts';
import type { Tools } from '../run.ts';
import { checkCredentials } from './check-credentials.ts';
import { checkFirstBoot } from './check-first-boot.ts';
import { checkImage } from './check-image.ts';
import { checkKeypair } from './check-keypair.ts';
import { checkNetwork } from './check-network.ts';
import { checkOffers } from './check-offers.ts';
import { checkRelease, type ReleaseTools } from './check-release.ts';
import { checkServers } from './check-servers.ts';
import { checkPreview, checkStack } from './check-stack.ts';
import { checkZones } from './check-zones.ts';
import { distinct } from './distinct.ts';
import { look } from './look.ts';
import { type Survey, survey } from './survey.ts';

/** What of a worker a preflight needs. */
export interface PreflightTools
  extends ReleaseTools,
    Pick<Tools, 'openstack' | 'deployments' | 'template' | 'reservedCidrs'> {}

/** All that a preflight saw, in the order in which a person reads it. */
export interface Preflight {
  readonly findings: readonly Finding[];
  /** The commit that the cluster's Kubernetes is, as far as it is known. */
  readonly commit?: string;
}

/** How many deployments are looked through for one that tells how long it takes. */
const historyLength = 100;

/**
 * Looks at everything that bringing up a cluster will need, without changing anything: all services side by side, each
 * within a deadline.
 */
export async function preflight(spec: ClusterSpec, tools: PreflightTools, signal: AbortSignal): Promise<Preflight> {
  const openstack = tools.openstack(spec);
  const login = await look('Keystone', signal, (within) => openstack.projectId(within));
  // Without a token no service would say anything else.
  if (!login.seen) return { findings: [login.finding] };

  const [credentials, surveyed, stack, release, time] = await Promise.all([
    checkCredentials(openstack, signal, { controllers: spec.cloudProvider.controller }),
    survey(openstack, spec, signal),
    checkStack(openstack, spec, tools.template, signal),
    checkRelease(openstack, spec, tools, signal),
    checkTime(spec, tools),
  ]);
  const findings = distinct([
    ...release.findings,
    ...credentials,
    ...stack,
    ...silentServices(surveyed),
    ...checkServers(spec, surveyed),
    ...checkZones(spec, surveyed),
    ...checkOffers(spec, surveyed),
    ...checkNetwork(spec, surveyed, tools.reservedCidrs),
    ...(await checkImage(spec, surveyed)),
    checkFirstBoot(spec),
    ...checkKeypair(spec, surveyed),
    checkLifetime(spec),
    ...time,
  ]);
  const commit = release.commit === undefined ? {} : { commit: release.commit };
  // What stands in the way is told better by the checks than by Heat, which stops at the first.
  if (problemsIn(findings).length > 0) return { findings, ...commit };
  const preview = await checkPreview(openstack, spec, surveyed, tools.template, signal);
  return { findings: [...findings, ...preview], ...commit };
}

/** Whoever approves is to know for how long. */
function checkLifetime({ lifetime, protected: stays }: ClusterSpec): Finding {
  const ms = stays ? undefined : lifetime?.defaultMs;
  return ok(
    'Lifetime',
    ms === undefined ? 'until somebody tears it down' : `torn down ${durationText(ms)} after it is up`,
  );
}

/** Each look that saw nothing. */
function silentServices(surveyed: Survey): Finding[] {
  return Object.values(surveyed).flatMap((looked) => (looked.seen ? [] : [looked.finding]));
}

async function checkTime(spec: ClusterSpec, { deployments }: PreflightTools): Promise<Finding[]> {
  const estimate = estimateOf(spec, await deployments.recent(historyLength));
  return estimate === undefined ? [] : [ok('Time', estimateText(estimate, spec.name))];
}
