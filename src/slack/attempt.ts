import type { AuditEntry } from '../clusters/audit-entry.ts';
import type { Command } from './commands/command.ts';
import type { SlackContext } from './context.ts';
import type { ButtonValue } from './views/button-value.ts';

/** What a command or click is about, as far as Slipway knows it: words that name nothing are left out. */
export interface About {
  readonly cluster?: string;
  readonly deployment?: string;
  /** Slack id of who asked for that deployment. */
  readonly requestedBy?: string;
}

/** Something that somebody wants to do, before it is decided whether they may. */
export interface Attempt extends Pick<AuditEntry, 'verb' | 'surface'> {
  /** Slack id. */
  readonly user: string;
  /** Slack id of the workspace that the request came from, where Slack says it. */
  readonly team: string | undefined;
  readonly about: About;
}

/** What a command is about: the cluster that it names, and the deployment that holds it. */
export async function aboutCommand(
  { arguments: usage }: Pick<Command, 'arguments'>,
  words: readonly string[],
  context: SlackContext,
): Promise<About> {
  const [name] = words;
  if (name === undefined || !usage.includes('CLUSTER')) return {};
  const lock = await context.deployments.lock(name);
  const holder = lock && (await context.deployments.find(lock.deployment));
  if (holder !== undefined) return { cluster: name, deployment: holder.id, requestedBy: holder.requestedBy };
  return (await isKnown(name, context)) ? { cluster: name } : {};
}

/**
 * What a button is about. Undefined where its deployment is of another cluster than it says: a decision about the one
 * would be used for the other.
 */
export async function aboutClick(
  { cluster, deployment: id }: ButtonValue,
  context: SlackContext,
): Promise<About | undefined> {
  const deployment = id === undefined ? undefined : await context.deployments.find(id);
  if (deployment === undefined) {
    return cluster !== undefined && (await isKnown(cluster, context)) ? { cluster } : {};
  }
  if (cluster !== undefined && cluster !== deployment.cluster) return undefined;
  return { cluster: deployment.cluster, deployment: deployment.id, requestedBy: deployment.requestedBy };
}

async function isKnown(name: string, { clusters, known }: SlackContext): Promise<boolean> {
  return clusters.has(name) || (await known.find(name)) !== undefined;
}
