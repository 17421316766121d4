import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import type { ReservedCidr } from '../clusters/network-fit.ts';
import type { Policy } from '../clusters/policy.ts';
import { duration } from './duration.ts';
import { firstBoot, toFirstBoot } from './first-boot.ts';
import { kubernetes, toKubernetes } from './kubernetes-source.ts';
import { namesOf } from './names-of.ts';
import { isWithoutUser } from './url-secrets.ts';

/** What clusters.yaml says. */
export interface ClustersFile {
  readonly policy: Policy;
  readonly clusters: ReadonlyMap<string, ClusterSpec>;
  /** Ranges of addresses that no cluster may use. */
  readonly reservedCidrs: readonly ReservedCidr[];
  /** How long a release is kept in Swift that nothing uses; milliseconds. */
  readonly keepReleasesMs: number;
}

const cidr = z.string().refine(isCidr, 'expected an IPv4 network such as 10.123.0.0/24');
const address = z.string().refine((text) => isIPv4(text), 'expected an IPv4 address such as 10.0.0.10');
const slackPerson = z.string().regex(/^[UWS][A-Z0-9]{2,}$/, 'expected the id of a Slack user (U…) or user group (S…)');
const flavor = z.string().min(1);

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

const cluster = z.strictObject({
  cloud: z.string().min(1).optional(),
  swift: z.strictObject({ cloud: z.string().min(1) }).optional(),
  channel: z.string(aChannel).regex(/^[CG][A-Z0-9]{2,}$/, aChannel),
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
  controlPlane: z.strictObject({
    count: z.literal(1, 'only one control plane server is supported').default(1),
    flavor,
  }),
  nodes: z
    .strictObject({ count: z.int().min(0), max: z.int().min(1).optional(), flavor })
    .refine((value) => value.max === undefined || value.max >= value.count, 'max must not be below count'),
  network: z.strictObject({
    external: z.string().min(1),
    cidr: cidr.default('10.123.0.0/24'),
    dns: z.array(address).min(1, 'expected at least one resolver'),
  }),
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
  policy: z.strictObject({
    request: z.array(slackPerson).min(1),
    approve: z.strictObject({
      from: z.array(slackPerson).default([]),
      count: z.int().min(0).max(5).default(1),
      self: z.boolean().default(false),
      within: duration.default(3_600_000),
    }),
  }),
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
  const { policy, clusters, reservedCidrs, releases } = parsed.data;
  const { within, ...approve } = policy.approve;
  if (approve.count > 0 && approve.from.length === 0) {
    problems.push(`${path}: policy.approve.from: nobody may approve, but ${approve.count} approval is asked for`);
  }
  return {
    policy: { request: policy.request, approve: { ...approve, withinMs: within } },
    reservedCidrs: reservedCidrs.map(toReserved),
    keepReleasesMs: releases.unusedFor,
    clusters: new Map(Object.entries(clusters).map(([name, spec]) => [name, toSpec(name, spec, dirname(path))])),
  };
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
    controlPlane: { count: 1, flavor: parsed.controlPlane.flavor },
    nodes: { ...parsed.nodes, max: parsed.nodes.max ?? Math.max(1, parsed.nodes.count), floatingIps: false },
    serverGroup: 'soft-anti-affinity',
    network: {
      ...parsed.network,
      floatingIp: true,
      apiFrom: ['0.0.0.0/0'],
      rules: [],
      pods: '10.244.0.0/16',
      services: '10.96.0.0/12',
      plugin: { name: 'flannel' },
    },
    cloudProvider: { controller: true, volumes: true, storageClass: true },
    cloudConfig: {},
  };
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

/** Room for a cluster, and no more than Neutron lets a subnet have. */
function isCidr(text: string): boolean {
  const bits = Number(text.split('/')[1]);
  return isIpv4Network(text) && bits >= 8 && bits <= 28;
}

/** Any range, down to a single address. */
function isIpv4Network(text: string): boolean {
  const [base = '', bits = '', ...rest] = text.split('/');
  return isIPv4(base) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && rest.length === 0;
}
