import type { LifetimeSpec } from './lifetime.ts';

/** Which clouds a cluster lives in, as entries of clouds.yaml. */
export interface CloudChoice {
  /** Undefined means the OS_* environment. */
  readonly cloud: string | undefined;
  /** Where the release's objects are kept, when that is another cloud or takes other credentials. */
  readonly swift?: { readonly cloud: string };
}

/** One cluster as clusters.yaml describes it, parsed and complete: defaults are filled in, durations are milliseconds. */
export interface ClusterSpec extends CloudChoice {
  readonly name: string;
  /** Slack channel id: where cards and threads go. */
  readonly channel: string;
  readonly kubernetes: KubernetesSpec;
  readonly firstBoot: FirstBootSpec;
  readonly image: ImageSpec;
  readonly keypair: KeypairSpec;
  readonly controlPlane: ControlPlaneSpec;
  readonly nodes: NodesSpec;
  /** How Nova spreads the servers of a cluster over its hosts; `none` leaves it to Nova. */
  readonly serverGroup: ServerGroupPolicy | 'none';
  readonly network: NetworkSpec;
  /** How long it is there; undefined in deployments from before there were lifetimes. */
  readonly lifetime?: LifetimeSpec;
  /** True for one that goes only with an approval, and never by itself. */
  readonly protected?: boolean;
  /** What goes before the names of all images that the servers run, in the place of their own registries. */
  readonly imageRepository?: string;
  readonly cloudProvider: CloudProviderSpec;
  /** Sections and keys of the nodes' cloud.conf, beside and above what Slipway writes there itself. Holds no secret. */
  readonly cloudConfig: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What the servers of one role are made of. */
export interface ServersSpec {
  readonly flavor: string;
  /** Of Nova; its scheduler chooses where there is none. */
  readonly availabilityZone?: string;
  /** The servers boot from a volume of this size in GiB, and of this type of Cinder's, instead of their flavor's disk. */
  readonly bootVolume?: { readonly size: number; readonly type?: string };
}

/** Three control planes share one address, that of a load balancer. */
export interface ControlPlaneSpec extends ServersSpec {
  readonly count: 1 | 3;
}

export interface NodesSpec extends ServersSpec {
  readonly count: number;
  readonly max: number;
  /** Gives each node an address of its own in the external network. */
  readonly floatingIps: boolean;
}

export type ServerGroupPolicy = 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';

/** What of cloud-provider-openstack a cluster gets. */
export interface CloudProviderSpec {
  /** The controller: load balancers for Services, addresses and zones of nodes. */
  readonly controller: boolean;
  /** The Cinder CSI driver: volumes for pods. */
  readonly volumes: boolean;
  /** A default StorageClass for those. */
  readonly storageClass: boolean;
}

/** Which Kubernetes, and how it comes to be. */
export type KubernetesSpec = BuiltKubernetes | ReleasedKubernetes;

/** Operating system and architecture of the servers, as Go and Kubernetes' build write it. */
export type Platform = `linux/${string}`;

/** Kubernetes built from source, on a worker of the queue `build`. */
export interface BuiltKubernetes {
  readonly source: 'build';
  /** A tag, branch or commit of the repository, such as v1.34.2, or pr/NUMBER. */
  readonly version: string;
  readonly platform: Platform;
  /** URL or absolute path of a git repository with Kubernetes' build contract. */
  readonly repository: string;
  /** The make target that writes the release tarballs. */
  readonly target: string;
  /** Variables for make, such as KUBE_CROSS_IMAGE. */
  readonly variables: Readonly<Record<string, string>>;
  readonly needs: BuildNeeds;
  /** The longest that a build may take, and the longest that it may say nothing; milliseconds. */
  readonly withinMs: number;
  readonly silenceMs: number;
}

/** What a build worker has to have before a build starts there. */
export interface BuildNeeds {
  /** False for a tree whose build needs no Docker. */
  readonly docker: boolean;
  /** Free, in bytes. */
  readonly diskBytes: number;
  /** In all, in bytes. */
  readonly memoryBytes: number;
}

/** Kubernetes as its authors have published it. */
export interface ReleasedKubernetes {
  readonly source: 'release';
  /** A published version, such as v1.34.2. */
  readonly version: string;
  readonly platform: Platform;
  /** Base URL; below it lies VERSION/kubernetes-server-OS-ARCH.tar.gz. */
  readonly mirror: string;
  /** Of the server tarball; without it the mirror's own .sha512 is believed. */
  readonly sha512?: string;
}

/** What every server fetches beside Kubernetes. */
export interface FirstBootSpec {
  /** Milliseconds that a server has from its creation until it is set up; see bootMs for what is usual. */
  readonly withinMs?: number;
  /** Salt's onedir tarball. */
  readonly salt?: FetchedFile;
  /** Anything else that the states use, by the names under which servers get it. */
  readonly files: readonly (FetchedFile & { readonly name: string })[];
}

/** A file from elsewhere: one of `url` and `file` says where it is. */
export interface FetchedFile {
  readonly url?: string;
  /** Absolute path on the workers of the queue `cloud`. */
  readonly file?: string;
  /** Hexadecimal. */
  readonly sha512: string;
}

/** Either an image that exists, or one that Slipway may make. */
export type ImageSpec = { readonly id: string } | NamedImageSpec;

/** An image by name; `file` or `url` say where it comes from when Glance does not have it. */
export interface NamedImageSpec {
  readonly name: string;
  readonly format: 'qcow2' | 'raw';
  readonly file?: string;
  readonly url?: string;
  readonly sha512?: string;
}

/** The Nova keypair for SSH; imported when a public key is given and the name does not exist yet. */
export interface KeypairSpec {
  readonly name: string;
  readonly publicKey?: string;
}

export interface NetworkSpec {
  /** Name or id of the external network: router gateway and floating IPs. */
  readonly external: string;
  /** IPv4 CIDR of the cluster's private subnet, or of the subnet that exists already. */
  readonly cidr: string;
  /** Resolvers of the nodes. */
  readonly dns: readonly string[];
  /** A network and its subnet that are there already, by name or id; otherwise the cluster gets its own. */
  readonly existing?: { readonly network: string; readonly subnet: string };
  /** Whether the Kubernetes API gets an address in the external network. */
  readonly floatingIp: boolean;
  /** From where the Kubernetes API may be reached. */
  readonly apiFrom: readonly string[];
  /** What else may be reached from outside the cluster. */
  readonly rules: readonly SecurityRule[];
  /** IPv4 CIDRs of pods and of services. */
  readonly pods: string;
  readonly services: string;
  readonly plugin: NetworkPlugin;
  readonly proxy?: ProxySpec;
}

/** One way into a cluster that is open. */
export interface SecurityRule {
  readonly to: 'control-plane' | 'nodes' | 'all';
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** First and last port; none for icmp. */
  readonly ports?: readonly [number, number];
  /** IPv4 CIDR. */
  readonly from: string;
}

/** What connects pods. Slipway has a manifest of its own for flannel; the others' comes with clusters.yaml. */
export type NetworkPlugin =
  | { readonly name: 'flannel' | 'none' }
  | { readonly name: 'calico' | 'cilium'; readonly manifest: FetchedFile };

/** Proxies of the servers, as URLs without credentials. */
export interface ProxySpec {
  readonly http?: string;
  readonly https?: string;
  /** Hosts, domains and CIDRs that are reached directly, beside the cluster's own. */
  readonly none: readonly string[];
}
