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
  readonly image: ImageSpec;
  readonly keypair: KeypairSpec;
  readonly controlPlane: { readonly flavor: string };
  readonly nodes: { readonly count: number; readonly max: number; readonly flavor: string };
  readonly network: NetworkSpec;
}

/** Which Kubernetes, and how it comes to be. */
export interface KubernetesSpec {
  /** A git tag, branch or commit of the repository, such as v1.34.2. */
  readonly version: string;
  readonly source: 'build';
  /** URL or absolute path of a git repository with Kubernetes' build contract. */
  readonly repository: string;
  /** The make target that writes the release tarballs. */
  readonly target: string;
  /** Variables for make, such as KUBE_BUILD_PLATFORMS. */
  readonly variables: Readonly<Record<string, string>>;
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
