import { createPrivateKey, X509Certificate } from 'node:crypto';
import { dump, load } from 'js-yaml';
import { z } from 'zod';
import { DeployError } from '../errors.ts';
import { Secret } from '../secret.ts';

/** How to reach one cluster as one user: what Slipway uses of a kubeconfig, and all that it writes into one. */
export interface Kubeconfig {
  /** What the cluster is called in the file. */
  readonly cluster: string;
  /** https://HOST:PORT */
  readonly server: string;
  /** PEM text of the authorities that may have signed the server's certificate. */
  readonly ca: string;
  readonly user: string;
  /** PEM text of the user's certificate, with those between it and the authority. */
  readonly certificate: string;
  /** PEM text of the private key that the certificate is for. */
  readonly key: Secret;
}

/** kubeadm's admin.conf has 5 to 6 KiB. */
const mostCharacters = 64 * 1024;

const name = z.string().regex(/^[^\p{Cc}]{1,253}$/u, 'is not what a name may be');
const server = z
  .string()
  .regex(/^https:\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?\/?$/, 'is not https://HOST:PORT')
  .transform((url) => url.replace(/\/$/, ''));
const embedded = z
  .string({ error: 'is not embedded in it' })
  .regex(/^[A-Za-z0-9+/\s]+={0,2}\s*$/, 'is not base64')
  .transform((text) => Buffer.from(text, 'base64').toString('latin1'));

const file = z.object({
  'current-context': name,
  contexts: z.array(z.object({ name, context: z.object({ cluster: name, user: name }) })),
  clusters: z.array(z.object({ name, cluster: z.object({ server, 'certificate-authority-data': embedded }) })),
  users: z.array(
    z.object({ name, user: z.object({ 'client-certificate-data': embedded, 'client-key-data': embedded }) }),
  ),
});

/**
 * Reads the current context of a kubeconfig whose certificates and key are embedded, such as kubeadm's admin.conf. The
 * text is taken for a stranger's: nothing is run, no other file is read, and of anything else in it (tokens, plugins,
 * proxies, `insecure-skip-tls-verify`) nothing is taken over.
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 *
 * @throws DeployError that says what is wrong with it, without quoting from it.
 */
export function parseKubeconfig(text: string): Kubeconfig {
  const { 'current-context': current, contexts, clusters, users } = shaped(text);
  const { context } = named(contexts, current, 'current context');
  const { cluster } = named(clusters, context.cluster, "context's cluster");
  const { user } = named(users, context.user, "context's user");
  const kubeconfig: Kubeconfig = {
    cluster: context.cluster,
    server: cluster.server,
    ca: cluster['certificate-authority-data'],
    user: context.user,
    certificate: user['client-certificate-data'],
    key: new Secret(user['client-key-data']),
  };
  assertCertificates(kubeconfig);
  return kubeconfig;
}

/**
 * The same cluster by another of its addresses: admin.conf names the private one. The server's certificate is checked
 * for the address that is called, so that has to be among the names it was made out for.
 */
export function atServer(kubeconfig: Kubeconfig, url: string): Kubeconfig {
  return { ...kubeconfig, server: server.parse(url) };
}

/** The text of a kubeconfig for kubectl. The context has the cluster's name, so that several merge into one file. */
export function kubeconfigText({ cluster, server: url, ca, user, certificate, key }: Kubeconfig): Secret {
  const userName = `${user}@${cluster}`;
  const base64 = (content: string): string => Buffer.from(content).toString('base64');
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: cluster, cluster: { server: url, 'certificate-authority-data': base64(ca) } }],
    users: [
      {
        name: userName,
        user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key.reveal()) },
      },
    ],
    contexts: [{ name: cluster, context: { cluster, user: userName } }],
    'current-context': cluster,
  };
  return new Secret(dump(content, { lineWidth: -1 }));
}

function shaped(text: string): z.output<typeof file> {
  if (text.length > mostCharacters) throw unusable('it is too long to be one');
  const result = file.safeParse(yaml(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw unusable(`${issue?.path.join('.') || 'it'}: ${issue?.message}`);
}

/** What js-yaml says quotes the lines around, in which the key may stand; so it is not passed on. */
function yaml(text: string): unknown {
  try {
    return load(text);
  } catch {
    throw unusable('it is not YAML');
  }
}

function named<T extends { name: string }>(entries: readonly T[], wanted: string, what: string): T {
  const found = entries.find((entry) => entry.name === wanted);
  if (found === undefined) throw unusable(`the ${what} is not in it`);
  return found;
}

function assertCertificates({ ca, certificate, key }: Kubeconfig): void {
  if (certificateOf(ca) === undefined) throw unusable("the authority's certificate cannot be read");
  const own = certificateOf(certificate);
  if (own === undefined) throw unusable("the user's certificate cannot be read");
  if (!isKeyOf(own, key)) throw unusable("the key is not that of the user's certificate");
}

function certificateOf(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}

function isKeyOf(certificate: X509Certificate, key: Secret): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key.reveal()));
  } catch {
    return false;
  }
}

function unusable(problem: string): DeployError {
  return new DeployError('kubeconfig', `Reading a kubeconfig: ${problem}`, {
    hint: "Look at admin.conf in the cluster's container in Swift; kubeadm writes it on the first control plane",
  });
}
