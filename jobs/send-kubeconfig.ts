import type { WebClient } from '@slack/web-api';
import { accessGroup, accessUser, clusterContainer } from '../src/clusters/names.ts';
import { type AccessLevel, mayAccess, namedFor, type Policies, policyFor } from '../src/clusters/policy.ts';
import { DeployError } from '../src/errors.ts';
import { createCertificate, type IssuedCertificate } from '../src/kubernetes/api/create-certificate.ts';
import { isUnreachable } from '../src/kubernetes/api/kubernetes-error.ts';
import { type Kubeconfig, kubeconfigText } from '../src/kubernetes/kubeconfig.ts';
import type { SendKubeconfigJob, SentKubeconfig } from '../src/queue/jobs.ts';
import type { People } from '../src/slack/people.ts';
import { kubeconfigFile, kubeconfigMessage } from '../src/slack/views/kubeconfig-message.ts';
import { withApi } from './cluster/ask-cluster.ts';
import { findKnownCluster, type KnownCluster, type KnownClusterTools } from './cluster/known-cluster.ts';
import { noAdminConf } from './cluster/no-admin-conf.ts';
import { readAdminConf } from './cluster/read-admin-conf.ts';
import type { Tools } from './run.ts';
import { slackRefusal } from './slack-refusal.ts';

/** What the job needs: Slack, the clouds, and who may do what. */
export interface SendKubeconfigTools extends KnownClusterTools, Pick<Tools, 'openstack' | 'log'> {
  readonly slack: WebClient;
  readonly people: People;
  readonly policy: Policies;
}

/**
 * Has a cluster sign a certificate for a person, and sends it to them alone, by direct message. The key is made in this
 * process and goes to Slack from its memory; neither job data nor result nor log has it. What goes wrong is an answer and
 * no failure, since somebody waits for it.
 */
export async function sendKubeconfig(
  job: SendKubeconfigJob,
  tools: SendKubeconfigTools,
  signal: AbortSignal,
): Promise<SentKubeconfig> {
  const { cluster, requestedBy } = job;
  try {
    const level = await levelOf(job, tools);
    const known = await findKnownCluster(job, tools);
    const adminConf = await readAdminConf(tools.openstack(known.choice).swift, known, signal);
    if (adminConf === undefined) throw noAdminConf(known);
    // A conversation that cannot be opened is found before there is a credential that nobody can take back.
    const channel = await openDirectMessage(requestedBy, tools);
    const issued = await issue(known, adminConf, { user: requestedBy, level }, tools, signal);
    await send(channel, { ...known, adminConf, user: requestedBy, level, issued }, tools);
    tools.log.info({ cluster, user: requestedBy, level, until: issued.until }, 'a kubeconfig was sent');
    return { kind: 'sent', level, until: issued.until.getTime() };
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    tools.log.warn({ err: error, cluster, user: requestedBy }, 'a kubeconfig was not sent');
    return { kind: 'refused', message: error.message, hint: error.hint ?? 'Try again in a minute' };
  }
}

/** The bot has asked the same; but what Redis holds is no proof of it. */
async function levelOf(
  { requestedBy, cluster }: SendKubeconfigJob,
  { people, policy }: SendKubeconfigTools,
): Promise<AccessLevel> {
  const own = policyFor(policy, cluster);
  if ((await people.outsider(requestedBy)) !== undefined) {
    throw new DeployError('no_access', 'kubeconfigs are for full members of the workspace alone', {
      hint: 'Ask a full member of this workspace',
    });
  }
  const verdict = mayAccess(own, await people.find(requestedBy, namedFor('kubeconfig', own)));
  if (verdict.allowed) return verdict.level;
  throw new DeployError('no_access', 'the policy gives you no access to clusters', {
    hint: 'policy.access in clusters.yaml says who has it; bot and workers have to have the same file',
  });
}

async function openDirectMessage(user: string, { slack }: SendKubeconfigTools): Promise<string> {
  const { channel } = await told(slack.conversations.open({ users: user }));
  if (channel?.id !== undefined) return channel.id;
  throw new DeployError('slack_refused', 'Slack opened a direct message and did not say which', {
    hint: 'Try again in a minute',
  });
}

async function issue(
  { cluster, apiUrl }: KnownCluster,
  adminConf: Kubeconfig,
  { user, level }: { user: string; level: AccessLevel },
  { log, policy }: SendKubeconfigTools,
  signal: AbortSignal,
): Promise<IssuedCertificate> {
  const subject = { user: accessUser(user), groups: [accessGroup(level)] };
  const lifetimeSeconds = Math.floor(policyFor(policy, cluster).access.lifetimeMs / 1_000);
  try {
    return await withApi(adminConf, apiUrl, log, (api) =>
      createCertificate(api, { ...subject, lifetimeSeconds }, signal),
    );
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    throw new DeployError(error.code, `the cluster itself signs it, and its API is not reached. ${error.message}`, {
      hint: `A worker of the queue notify has to reach it. Whoever may read the project’s Swift finds the administrator’s admin.conf in the container ${clusterContainer(cluster)}`,
      cause: error,
    });
  }
}

interface Parcel extends KnownCluster {
  readonly adminConf: Kubeconfig;
  readonly user: string;
  readonly level: AccessLevel;
  readonly issued: IssuedCertificate;
}

async function send(channel: string, parcel: Parcel, { slack }: SendKubeconfigTools): Promise<void> {
  const { cluster, apiUrl, adminConf, user, level, issued } = parcel;
  const { certificate, key, until } = issued;
  const text = kubeconfigText({ cluster, server: apiUrl, ca: adminConf.ca, user: accessUser(user), certificate, key });
  await told(
    slack.filesUploadV2({
      channel_id: channel,
      content: text.reveal(),
      filename: kubeconfigFile(cluster),
      title: kubeconfigFile(cluster),
      initial_comment: kubeconfigMessage(cluster, level, until.getTime()),
    }),
  );
}

/** Anything that Slack's client throws is told in words. */
async function told<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    const { message, hint } = slackRefusal(error, hints, 'Check that the app is installed in this workspace');
    throw new DeployError('slack_refused', message, { hint, cause: error });
  }
}

const hints = {
  cannot_dm_bot: 'Only people can be sent a kubeconfig',
  user_disabled: 'Slack has switched this account off',
  file_uploads_disabled: 'The workspace allows no files; ask whoever runs it',
} as const;
