/** What every thing of Neutron has. */
interface Thing {
  id: string;
  name: string;
  projectId: string;
  description: string;
  tags: string[];
  createdAt: Date;
  updatedAt: Date;
}

/** A network. */
export interface Network extends Thing {
  external: boolean;
  shared: boolean;
  adminStateUp: boolean;
  mtu: number;
  portSecurity: boolean;
}

/** A subnet of a network; IPv4 is all that the playground gives addresses of. */
export interface Subnet extends Thing {
  networkId: string;
  ipVersion: number;
  cidr: string;
  gatewayIp: string | null;
  pools: { start: string; end: string }[];
  dnsNameservers: string[];
  hostRoutes: unknown[];
  enableDhcp: boolean;
}

/** A router. */
export interface Router extends Thing {
  adminStateUp: boolean;
  gateway: { networkId: string; addresses: FixedIp[]; enableSnat: boolean } | undefined;
  routes: unknown[];
}

/** An address of a port. */
export interface FixedIp {
  subnet_id: string;
  ip_address: string;
}

/** A port. */
export interface Port extends Thing {
  networkId: string;
  mac: string;
  adminStateUp: boolean;
  status: 'ACTIVE' | 'DOWN';
  deviceId: string;
  deviceOwner: string;
  fixedIps: FixedIp[];
  securityGroups: string[];
  addressPairs: unknown[];
  portSecurity: boolean;
}

/** A rule of a security group. */
export interface SecurityGroupRule {
  id: string;
  groupId: string;
  projectId: string;
  direction: 'ingress' | 'egress';
  ethertype: string;
  protocol: string | null;
  portMin: number | null;
  portMax: number | null;
  remotePrefix: string | null;
  remoteGroupId: string | null;
  description: string | null;
  createdAt: Date;
}

/** A security group. */
export interface SecurityGroup extends Thing {
  stateful: boolean;
}

/** A floating IP; its name is its address. */
export interface FloatingIp extends Thing {
  address: string;
  networkId: string;
  portId: string | null;
  fixedIp: string | null;
  routerId: string | null;
}

/** What Neutron keeps, each kind by id and oldest first. */
export interface NeutronState {
  readonly networks: Map<string, Network>;
  readonly subnets: Map<string, Subnet>;
  readonly routers: Map<string, Router>;
  readonly ports: Map<string, Port>;
  readonly securityGroups: Map<string, SecurityGroup>;
  readonly rules: Map<string, SecurityGroupRule>;
  readonly floatingIps: Map<string, FloatingIp>;
  /** What an operator has set of a project's quotas. */
  readonly quotas: Map<string, Readonly<Record<string, number>>>;
}
