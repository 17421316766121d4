/** What Octavia is doing with something; while it is PENDING, every change is refused. */
export type ProvisioningStatus = 'ACTIVE' | 'ERROR' | 'PENDING_CREATE' | 'PENDING_UPDATE' | 'PENDING_DELETE';

/** What a load balancer consists of, beside itself. */
export interface Part {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly kind: 'listener' | 'pool' | 'member' | 'healthmonitor';
  /** The load balancer that it is a part of. */
  readonly balancerId: string;
  /** The listener of a pool, the pool of a member or a monitor. */
  readonly parentId: string | undefined;
  /** As they were asked for. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A load balancer. It has an address, and balances nothing. */
export interface Balancer {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly projectId: string;
  readonly tags: readonly string[];
  readonly portId: string;
  readonly address: string;
  readonly subnetId: string;
  readonly networkId: string;
  readonly createdAt: Date;
  status: ProvisioningStatus;
}

/** What Octavia keeps. */
export interface OctaviaState {
  readonly balancers: Map<string, Balancer>;
  readonly parts: Map<string, Part>;
}

/** An Octavia without load balancers. */
export function newOctavia(): OctaviaState {
  return { balancers: new Map(), parts: new Map() };
}

/** Takes parts away at once. */
export function removeParts({ parts }: OctaviaState, unwanted: (part: Part) => boolean): void {
  for (const part of parts.values()) if (unwanted(part)) parts.delete(part.id);
}
