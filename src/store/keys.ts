/** Every Redis key that Slipway writes itself; BullMQ's live beside them under slipway:queue. */
export const keys = {
  deployment: (id: string) => `slipway:deployment:${id}`,
  events: (id: string) => `slipway:deployment:${id}:events`,
  /** The last lines that a deployment's build has written. */
  log: (id: string) => `slipway:deployment:${id}:log`,
  lock: (cluster: string) => `slipway:cluster:${cluster}:lock`,
  /** Deployments by time of request. */
  deployments: 'slipway:deployments',
  /** Deployments that are not over, by time of request. */
  active: 'slipway:deployments:active',
  /** Deployments with events that their thread has not been told yet. */
  unannounced: 'slipway:deployments:unannounced',
  /** Hash of clusters by name. */
  clusters: 'slipway:clusters',
  fence: 'slipway:fence',
  mutex: (name: string) => `slipway:mutex:${name}`,
  lease: (name: string) => `slipway:lease:${name}`,
  thread: (id: string) => `slipway:deployment:${id}:thread`,
  /** The deployment whose card a message is. */
  card: (channel: string, ts: string) => `slipway:card:${channel}:${ts}`,
  cardUpdates: 'slipway:card-updates',
  /** When the next message may be posted to a channel. */
  posts: (channel: string) => `slipway:posts:${channel}`,
  /** That Slack has delivered something. */
  delivery: (id: string) => `slipway:delivery:${id}`,
  /** Hash of build workers by name. */
  builders: 'slipway:builders',
  /** Stream of decisions about commands and clicks. */
  audit: 'slipway:audit',
  /** Up to which of them the audit channel was told, and when. */
  auditTold: 'slipway:audit:told',
} as const;

/** How long a deployment that is over, its events and its place in Slack are kept: 90 days. */
export const keptSeconds = 90 * 24 * 3600;

/** Pub/sub channel that names each deployment which has just ended, so that workers stop what they do for it. */
export const overChannel = 'slipway:over';
