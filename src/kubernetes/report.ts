import { z } from 'zod';
import { DeployError } from '../errors.ts';
import type { NodeStatus } from './node-status.ts';
import type { PodStatus } from './pod-status.ts';

/** What a control plane last said of its cluster. */
export interface Report {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly nodes: readonly NodeStatus[];
  readonly pods: readonly PodStatus[];
}

/** Nodes and pods of a cluster of hundreds of nodes take some hundred KiB. */
const mostCharacters = 8 * 1024 * 1024;

/** One line that may be shown: longer ones are cut off, and what would hide or turn around text is left out. */
const line = (longest: number) =>
  z.string().transform((value) => value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, longest));
const name = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'is not the name of an object');

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const node = z.object({
  name,
  role: z.enum(['control-plane', 'node']),
  ready: z.boolean(),
  reason: line(300).optional(),
  version: line(60),
  address: line(45),
});

const pod = z.object({
  name,
  ready: z.string().regex(/^\d{1,4}\/\d{1,4}$/, 'is not READY/ALL'),
  status: line(60),
  restarts: z.int().min(0),
  node: name.or(z.literal('')).nullish(),
  startedAt: time.nullish(),
});

const report = z.object({
  at: time,
  nodes: z.array(node).max(5_000),
  pods: z.array(pod).max(50_000),
});

/**
 * Reads the report that control planes put into Swift, which tells of a cluster whose API this worker cannot reach. Who
 * has the signed URL, which is every control plane, may write anything there; so it is taken for a stranger's text.
 *
 * @throws DeployError when it is no such report.
 */
export function parseReport(text: string): Report {
  if (text.length > mostCharacters) throw unusable('it is too long to be one');
  const result = report.safeParse(json(text));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw unusable(`${issue?.path.join('.') || 'it'}: ${issue?.message}`);
  }
  const { at, nodes, pods } = result.data;
  return { at, nodes: nodes.map(nodeFrom), pods: pods.map(podFrom) };
}

function nodeFrom({ reason, ...rest }: z.output<typeof node>): NodeStatus {
  return { ...rest, ...(reason !== undefined && { reason }) };
}

function podFrom({ node: on, startedAt, ...rest }: z.output<typeof pod>): PodStatus {
  return { ...rest, node: on ?? '', ...(startedAt != null && { startedAt }) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable('it is not JSON');
  }
}

function unusable(problem: string): DeployError {
  return new DeployError('report', `Reading the report of a control plane: ${problem}`, {
    hint: "Look at report.json in the cluster's container in Swift; the control planes write it every two minutes",
  });
}
