import type { Cluster } from '../../clusters/cluster.ts';
import type { ClusterSpec } from '../../clusters/cluster-spec.ts';
import { stackName } from '../../clusters/names.ts';
import { gibOf, type Removal } from '../../clusters/removal.ts';
import type { InspectionResults } from '../../queue/jobs.ts';
import { type Message, paragraph } from '../views/blocks.ts';
import { removalOf, tearDownButton, tearDownWithVolumesButton } from '../views/buttons.ts';
import { code, date, fitLines, oneLine } from '../views/mrkdwn.ts';
import { count } from '../views/quantities.ts';
import { cloudText, sizeText } from './cluster-texts.ts';

/** What somebody is asked before a cluster goes. */
export interface TearDownQuestion {
  readonly spec: ClusterSpec;
  /** What Redis knows of it. */
  readonly record: Cluster | undefined;
  readonly seen: InspectionResults['inspect-removal'];
  /** Whether it goes only with an approval. */
  readonly protected: boolean;
  /** When it is asked; milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Says what would go and what would stay, with a button for it, and another where there are volumes. Also asked for a
 * cluster that Redis does not know: the cloud is the truth about what exists, and looking there is part of the tear-down
 * itself. Pure.
 */
export function tearDownQuestion(question: TearDownQuestion): Message {
  const { spec, record, seen, at } = question;
  const { name } = spec;
  const lines = [
    `*Tear down ${name}?*`,
    ...(record === undefined ? [`As far as is known ${name} is not there.`] : [stateOf(record)]),
    ...(seen.kind === 'seen' ? seenLines(spec, seen.removal) : unseenLines(spec, seen.text)),
    ...(question.protected ? [`${name} is protected: the button asks for an approval first.`] : []),
    'The image, the keypair and the Kubernetes release stay, for they may be shared.',
  ];
  const unknown = { cluster: name, nodes: undefined, value: { cluster: name, shownAt: at } };
  const removal = record === undefined ? unknown : removalOf(record);
  const volumes = seen.kind === 'seen' ? seen.removal.volumes : [];
  return paragraph(fitLines(lines, 2900), [
    tearDownButton(removal),
    ...(volumes.length > 0 ? [tearDownWithVolumesButton(removal, volumes)] : []),
  ]);
}

function stateOf({ state, version, nodes, since }: Cluster): string {
  return state === 'up'
    ? `It is up since ${date(since)}: ${sizeText(version, nodes.length)}.`
    : `It is broken since ${date(since)}: it did not come up.`;
}

function seenLines(spec: ClusterSpec, removal: Removal): string[] {
  const { stack, resources, servers, loadBalancers, floatingIps } = removal;
  if (stack === undefined) {
    return [
      `There is no stack ${code(stackName(spec.name))} in the cloud ${cloudText(spec)}, so there is little to remove.`,
    ];
  }
  const made = [
    ...(loadBalancers > 0 ? [count(loadBalancers, 'load balancer')] : []),
    ...(floatingIps > 0 ? [count(floatingIps, 'floating IP')] : []),
  ];
  return [
    `• Goes: the stack ${code(stack)} in the cloud ${cloudText(spec)}, with ${count(resources, 'resource')}, ${servers} of them servers`,
    ...(made.length > 0 ? [`• Goes: what Services have made, ${made.join(' and ')}`] : []),
    ...volumesLine(removal),
  ];
}

const volumesNamed = 5;

function volumesLine({ volumes }: Removal): string[] {
  if (volumes.length === 0) return [];
  const named = volumes.slice(0, volumesNamed).map(({ name, gib }) => `${code(name, 60)} (${gib} GiB)`);
  const more = volumes.length > volumesNamed ? ` and ${volumes.length - volumesNamed} more` : '';
  return [
    `• Your choice: ${count(volumes.length, 'volume')} with ${gibOf(volumes)} GiB that the cluster has made: ${named.join(', ')}${more}`,
  ];
}

function unseenLines(spec: ClusterSpec, why: string): string[] {
  const stack = `the stack ${code(stackName(spec.name))} in the cloud ${cloudText(spec)}`;
  return [
    `The button looks in the cloud, and removes what it finds of it: ${stack}, with all servers, networks and addresses in it. Volumes stay.`,
    `What that is nobody could say now: ${oneLine(why, 600)}`,
  ];
}
