import { type Changeable, changeables } from '../clusters/change.ts';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import { parseDuration } from '../clusters/duration.ts';
import { checkVersion } from '../config/kubernetes-source.ts';
import { UsageError } from '../errors.ts';
import { within } from './extend-cluster.ts';

/** What somebody wants otherwise than a spec has it, as they typed it. Nothing, or an empty text, leaves it as it is. */
export type Wishes = Readonly<Partial<Record<Changeable, string | undefined>>>;

/**
 * The spec with what somebody wants in the place of what it has: the one way to that, for flags and for forms. Pure.
 *
 * @throws UsageError for what cannot be meant, or is more than clusters.yaml allows.
 */
export function override(spec: ClusterSpec, wishes: Wishes): ClusterSpec {
  return changeables.reduce((changed, what) => {
    const wish = wishes[what]?.trim() ?? '';
    return wish === '' ? changed : setters[what](changed, wish);
  }, spec);
}

/** What is wrong with each of the wishes by itself, so that a form can say all of it at once. */
export function wishProblems(spec: ClusterSpec, wishes: Wishes): [Changeable, UsageError][] {
  return changeables.flatMap((what): [Changeable, UsageError][] => {
    try {
      override(spec, { [what]: wishes[what] });
      return [];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return [[what, error]];
    }
  });
}

/** Why a cluster's version is clusters.yaml's alone; undefined where another may be asked for. */
export function whyFixedVersion({ kubernetes }: ClusterSpec): string | undefined {
  const pinned = kubernetes.source === 'release' && kubernetes.sha512 !== undefined;
  return pinned ? 'clusters.yaml pins the tarball of this release by its sha512' : undefined;
}

/** Milliseconds. Throws a UsageError for what is no time. */
export function readTime(text: string): number {
  const ms = parseDuration(text.toLowerCase());
  if (ms !== undefined && ms > 0) return ms;
  throw new UsageError(`${text.slice(0, 60)} is no time that Slipway understands`, {
    hint: 'Type such as 90m, 8h, 2d or 1h30m',
  });
}

const setters: Readonly<Record<Changeable, (spec: ClusterSpec, wish: string) => ClusterSpec>> = {
  version: withVersion,
  nodes: withNodes,
  ttl: withLifetime,
};

function withVersion(spec: ClusterSpec, version: string): ClusterSpec {
  const { kubernetes } = spec;
  if (version === kubernetes.version) return spec;
  const fixed = whyFixedVersion(spec);
  if (fixed !== undefined) {
    throw new UsageError(`${spec.name} can only be Kubernetes ${kubernetes.version}: ${fixed}`, {
      hint: 'Change version and sha512 in clusters.yaml together, and restart Slipway',
    });
  }
  checkVersion(kubernetes.source, version);
  return { ...spec, kubernetes: { ...kubernetes, version } };
}

function withNodes(spec: ClusterSpec, text: string): ClusterSpec {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  const { max } = spec.nodes;
  if (count >= 0 && count <= max) return { ...spec, nodes: { ...spec.nodes, count } };
  throw new UsageError(`${spec.name} may have 0 to ${max} nodes, and ${text.slice(0, 60)} was asked for`, {
    hint: 'nodes.max in clusters.yaml says how many there may be',
  });
}

function withLifetime(spec: ClusterSpec, time: string): ClusterSpec {
  if (spec.protected) {
    throw new UsageError(`${spec.name} is protected, so it stays until somebody tears it down`, {
      hint: 'Ask for it without --ttl',
    });
  }
  const defaultMs = within(readTime(time), spec.lifetime?.maxMs, spec.name);
  return { ...spec, lifetime: { ...spec.lifetime, defaultMs } };
}
