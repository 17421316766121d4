import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import type { LifetimeSpec } from '../clusters/lifetime.ts';
import type { ReservedCidr } from '../clusters/network-fit.ts';
import type { Policies, Policy } from '../clusters/policy.ts';
import { isIpv4Network, prefixOf } from './addresses.ts';
import { cloudConf } from './cloud-conf.ts';
import { cloudProvider, toCloudProvider } from './cloud-provider.ts';
import { duration } from './duration.ts';
import { firstBoot, toFirstBoot } from './first-boot.ts';
import { images } from './image-repository.ts';
import { kubernetes, toKubernetes } from './kubernetes-source.ts';
import { namesOf } from './names-of.ts';
import { network, toNetwork } from './network.ts';
import { clusterPolicy, generalPolicy, merged, toPolicy } from './policy.ts';
import { controlPlane, nodes, serverGroup, toControlPlane, toNodes } from './servers.ts';
import { isWithoutUser } from './url-secrets.ts';

/** What clusters.yaml says. */
export interface ClustersFile {
  readonly policy: Policies;
  readonly clusters: ReadonlyMap<string, ClusterSpec>;
  /** Ranges of addresses that no cluster may use. */
  readonly reservedCidrs: readonly ReservedCidr[];
  /** How long a release is kept in Swift that nothing uses; milliseconds. */
  readonly keepReleasesMs: number;
  /** Slack channel id: where decisions are told that change something or were refused. */
  readonly auditChannel?: string;
}

const image = z.union(
  [
    z.strictObject({ id: z.string().min(1) }),
    z
      .strictObject({
        name: z.string().min(1),
        format: z.enum(['qcow2', 'raw']).default('qcow2'),
        file: z.string().optional(),
        url: z
          .url({ protocol: /^https?$/ })
          .refine(isWithoutUser, 'an image’s url may hold no user and no password: it would be kept in Redis')
          .optional(),
        sha512: z
          .string()
          .regex(/^[0-9a-f]{128}$/, 'expected 128 hexadecimal digits')
          .optional(),
      })
      .refine((value) => !(value.file && value.url), 'give a file or a url, not both')
      .refine((value) => !value.url || value.sha512, 'an image from a url needs its sha512'),
  ],
  { error: 'expected {id: …}, or {name: …} with a file, or a url and its sha512' },
);

const aChannel = 'expected the id of a Slack channel, such as C0123456789';
const channel = z.string(aChannel).regex(/^[CG][A-Z0-9]{2,}$/, aChannel);

const clusterKeys = z.strictObject({
  cloud: z.string().min(1).optional(),
  swift: z.strictObject({ cloud: z.string().min(1) }).optional(),
  channel,
  policy: clusterPolicy.optional(),
  kubernetes,
  firstBoot,
  image,
  keypair: z.strictObject({
    name: z.string().min(1),
    publicKey: z
      .string()
      .regex(/^(ssh|ecdsa|sk)-\S+ \S+/, 'expected an OpenSSH public key')
      .optional(),
  }),
  controlPlane,
  nodes,
  serverGroup,
  network,
  lifetime: z
    .strictObject({ default: duration.optional(), max: duration.optional() })
    .refine(({ default: usual = 0, max = Infinity }) => usual <= max, 'the default is longer than max allows')
    .default({}),
  protected: z.boolean().default(false),
  images,
  cloudProvider,
  cloudConfig: cloudConf,
});

/** Kubernetes gives each server a range of this size of the pods' (kubeadm's node-cidr-mask-size). */
const podsPerServer = 24;

const cluster = clusterKeys.superRefine((spec, context) => {
  const { pods } = spec.network;
  const room = 2 ** Math.max(0, podsPerServer - prefixOf(pods));
  const most = spec.controlPlane.count + toNodes(spec.nodes).max;
  if (room >= most && prefixOf(pods) <= podsPerServer) return;
  const message = `${pods} has room for the pods of ${room} servers (a /${podsPerServer} each), and there may be ${most}`;
  context.addIssue({ code: 'custom', path: ['network', 'pods'], message });
});

const dayMs = 24 * 3_600_000;

const clusterName = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/,
    'a cluster name has 1 to 30 lower-case letters, digits and hyphens, begins with a letter and does not end in a hyphen',
  );

const aReservedCidr = 'expected an IPv4 network such as 10.0.0.0/8, or {cidr: …, reason: …}';
const reserved = z.string().refine(isIpv4Network, aReservedCidr);

const file = z.strictObject({
  policy: generalPolicy,
  audit: z.strictObject({ channel: channel.optional() }).default({}),
  clusters: z.record(clusterName, cluster),
  releases: z
    .strictObject({ unusedFor: duration.refine((ms) => ms >= dayMs, 'expected a day (1d) or longer') })
    .default({ unusedFor: 30 * dayMs }),
  reservedCidrs: z
    .array(
      z.union([reserved, z.strictObject({ cidr: reserved, reason: z.string().min(1).optional() })], {
        error: aReservedCidr,
      }),
    )
    .default([]),
});

type ParsedCluster = z.infer<typeof cluster>;
type ParsedFile = z.infer<typeof file>;

/**
 * Reads and checks clusters.yaml; adds every problem to `problems`. Relative paths in it (an image's file, a repository)
 * are taken from the folder that it is in.
 */
export function readClustersFile(path: string, problems: string[]): ClustersFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    problems.push(`CLUSTERS_FILE: there is no file ${path}; copy clusters.example.yaml there and adapt it`);
    return undefined;
  }
  return parseClustersFile(text, path, problems);
}

/** The same for a text that has been read already. */
export function parseClustersFile(text: string, path: string, problems: string[]): ClustersFile | undefined {
  let content: unknown;
  try {
    content = load(text, { filename: path });
  } catch (error) {
    problems.push(`${path}: not YAML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    return undefined;
  }
  const parsed = file.safeParse(content, { error: inPlainWords });
  if (!parsed.success) {
    problems.push(
      ...parsed.error.issues.map((issue) => `${path}: ${issue.path.join('.') || 'file'}: ${messageOf(issue)}`),
    );
    return undefined;
  }
  const { clusters, reservedCidrs, releases, audit } = parsed.data;
  return {
    policy: toPolicies(parsed.data, path, problems),
    ...(audit.channel && { auditChannel: audit.channel }),
    reservedCidrs: reservedCidrs.map(toReserved),
    keepReleasesMs: releases.unusedFor,
    clusters: new Map(Object.entries(clusters).map(([name, spec]) => [name, toSpec(name, spec, dirname(path))])),
  };
}

function toPolicies({ policy, clusters }: ParsedFile, path: string, problems: string[]): Policies {
  const own = Object.entries(clusters).flatMap(([name, spec]): [string, Policy][] => {
    if (spec.policy === undefined) return [];
    return [[name, toPolicy(merged(policy, spec.policy), `${path}: clusters.${name}.policy`, problems)]];
  });
  const general = toPolicy(policy, `${path}: policy`, problems);
  return own.length === 0 ? general : { ...general, clusters: new Map(own) };
}

/** For what a schema has no words of its own. */
function inPlainWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'unrecognized_keys') return `there is no key ${namesOf(issue.keys)} here`;
  if (issue.input === undefined) return 'is missing';
  if (issue.input === null) return 'is empty';
  return undefined;
}

/** What is wrong with a key of a map is told one level down. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}

function toSpec(name: string, parsed: ParsedCluster, folder: string): ClusterSpec {
  return {
    name,
    cloud: parsed.cloud,
    ...(parsed.swift && { swift: parsed.swift }),
    channel: parsed.channel,
    kubernetes: toKubernetes(parsed.kubernetes, folder),
    firstBoot: toFirstBoot(parsed.firstBoot, folder),
    image: toImage(parsed.image, folder),
    keypair: { name: parsed.keypair.name, ...(parsed.keypair.publicKey && { publicKey: parsed.keypair.publicKey }) },
    controlPlane: toControlPlane(parsed.controlPlane),
    nodes: toNodes(parsed.nodes),
    serverGroup: parsed.serverGroup,
    network: toNetwork(parsed.network, folder),
    lifetime: toLifetime(parsed.lifetime),
    protected: parsed.protected,
    ...(parsed.images.repository && { imageRepository: parsed.images.repository }),
    cloudProvider: toCloudProvider(parsed.cloudProvider),
    cloudConfig: parsed.cloudConfig,
  };
}

function toLifetime({ default: defaultMs, max: maxMs }: ParsedCluster['lifetime']): LifetimeSpec {
  return { ...(defaultMs !== undefined && { defaultMs }), ...(maxMs !== undefined && { maxMs }) };
}

function toImage(parsed: ParsedCluster['image'], folder: string): ClusterSpec['image'] {
  if ('id' in parsed) return parsed;
  const { name, format, file: path, url, sha512 } = parsed;
  return { name, format, ...(path && { file: resolve(folder, path) }), ...(url && { url }), ...(sha512 && { sha512 }) };
}

function toReserved(parsed: string | { cidr: string; reason?: string | undefined }): ReservedCidr {
  if (typeof parsed === 'string') return { cidr: parsed };
  return { cidr: parsed.cidr, ...(parsed.reason && { reason: parsed.reason }) };
}
