/** A flavor. */
export interface Flavor {
  id: string;
  name: string;
  ram: number;
  vcpus: number;
  disk: number;
}

/** A keypair; it belongs to a user, not to a project. */
export interface Keypair {
  id: number;
  name: string;
  userId: string;
  publicKey: string;
  fingerprint: string;
  createdAt: Date;
}

/** A server. It never boots; it has a state and ports. */
export interface Server {
  id: string;
  name: string;
  projectId: string;
  userId: string;
  flavor: Flavor;
  /** None for one that boots from a volume. */
  imageId: string | undefined;
  /** Its volumes, and whether each goes with it. */
  volumes: { id: string; ownedByServer: boolean }[];
  keyName: string | null;
  /** Base 64, as Nova keeps it. */
  userData: string | null;
  metadata: Record<string, string>;
  securityGroups: string[];
  portIds: string[];
  /** The ports that Nova made and takes away again. */
  ownPortIds: string[];
  status: 'BUILD' | 'ACTIVE' | 'ERROR' | 'SHUTOFF';
  taskState: string | null;
  fault: { code: number; message: string; created: Date } | undefined;
  availabilityZone: string;
  createdAt: Date;
  updatedAt: Date;
  launchedAt: Date | undefined;
  deleting: boolean;
}

/** A server group. */
export interface ServerGroup {
  id: string;
  name: string;
  policy: string;
  projectId: string;
  userId: string;
  memberIds: string[];
}

/** What a project may use; -1 for no limit. */
export interface NovaQuota {
  instances: number;
  cores: number;
  /** Megabytes. */
  ram: number;
  keyPairs: number;
  serverGroups: number;
  serverGroupMembers: number;
}

/** What Nova keeps. */
export interface NovaState {
  readonly flavors: Map<string, Flavor>;
  readonly keypairs: Keypair[];
  readonly servers: Map<string, Server>;
  readonly serverGroups: Map<string, ServerGroup>;
  /** What a project may use for which `quotas` says nothing else. */
  readonly quota: NovaQuota;
  /** What an operator has set, by project. */
  readonly quotas: Map<string, Partial<NovaQuota>>;
}
