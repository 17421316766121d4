import { accessGroup } from '../../clusters/names.ts';
import type { AccessLevel } from '../../clusters/policy.ts';
import { commandText } from '../texts/cluster-texts.ts';
import { code, date } from './mrkdwn.ts';

/** What the ClusterRole of each level allows, in every namespace. */
const allows: Readonly<Record<AccessLevel, string>> = {
  admin: 'may do everything',
  edit: 'may change what runs in any namespace, but no nodes and no permissions',
  view: 'may look at what runs in any namespace, but at no secrets',
};

/** Nodes belong to no namespace, so only administrators may list them. */
const tryOut: Readonly<Record<AccessLevel, string>> = {
  admin: 'kubectl get nodes',
  edit: 'kubectl get pods --all-namespaces',
  view: 'kubectl get pods --all-namespaces',
};

/** Name of the file that a person gets. */
export function kubeconfigFile(cluster: string): string {
  return `${cluster}.kubeconfig`;
}

/** What stands above the file in a person's direct messages. */
export function kubeconfigMessage(cluster: string, level: AccessLevel, until: number): string {
  return [
    `Your kubeconfig for *${cluster}* holds until ${date(until)}.`,
    `Group ${code(accessGroup(level))}: ${allows[level]}.`,
    `\`\`\`KUBECONFIG=./${kubeconfigFile(cluster)} ${tryOut[level]}\`\`\``,
    `It is for you alone: what is done with it is done in your name, and it cannot be taken back before. ${commandText('kubeconfig', cluster)} makes a new one.`,
  ].join('\n');
}
