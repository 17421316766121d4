import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import type { Policies } from '../clusters/policy.ts';
import type { Logger } from '../log.ts';
import type { Producer } from '../queue/producer.ts';
import type { AuditLog } from '../store/audit.ts';
import type { BuildLogs } from '../store/build-logs.ts';
import type { Builders } from '../store/builders.ts';
import type { Clusters } from '../store/clusters.ts';
import type { Deliveries } from '../store/deliveries.ts';
import type { Deployments } from '../store/deployments.ts';
import type { Threads } from '../store/threads.ts';

/** What commands and buttons decide with. */
export interface SlackContext {
  /** The clusters of clusters.yaml by name. */
  readonly clusters: ReadonlyMap<string, ClusterSpec>;
  readonly policy: Policies;
  readonly deployments: Deployments;
  /** The clusters that exist, as far as Redis knows. */
  readonly known: Clusters;
  /** Which card a message is. */
  readonly threads: Pick<Threads, 'deploymentOf'>;
  readonly deliveries: Pick<Deliveries, 'isFirst'>;
  readonly logs: Pick<BuildLogs, 'tail'>;
  readonly builders: Pick<Builders, 'list'>;
  readonly producer: Pick<
    Producer,
    'plan' | 'start' | 'inspect' | 'shareLog' | 'shareTopology' | 'sendKubeconfig' | 'postAudit'
  >;
  /** Where every decision is written down before anything comes of it. */
  readonly audit: Pick<AuditLog, 'append' | 'newest'>;
  /** Slack channel id: where decisions are told that change something or were refused; nowhere without it. */
  readonly auditChannel?: string;
  readonly log: Logger;
  /** How long somebody waits for a worker's answer, in milliseconds; half a minute or so when it is left out. */
  readonly inspectionMs?: number;
  /** Milliseconds since the epoch; the system's clock when it is left out. */
  readonly now?: () => number;
}
