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
  readonly controlPlane: { readonly flavor: string };
  readonly nodes: { readonly count: number; readonly max: number; readonly flavor: string };
  readonly network: NetworkSpec;
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
  /** IPv4 CIDR of the cluster's private subnet. */
  readonly cidr: string;
  /** Resolvers of the nodes. */
  readonly dns: readonly string[];
}
