import type { Explanation } from './explanation.ts';

/** Which image a pull was about: as the engine, BuildKit and buildx say it, the surest first. */
const images: readonly RegExp[] = [
  /^ > \[internal\] load metadata for (\S+?):?$/,
  /manifest for (\S+) not found/,
  /pull access denied for ([^,\s]+)/,
  /failed to resolve (?:reference|source metadata for) "?([^"\s]+?)"?(?::?\s|:?$)/,
  /^#\d+ pulling image (\S+)/,
  /^Unable to find image '([^']+)' locally/,
  /^#\d+ \[internal\] load metadata for (\S+)$/,
];

/** Lines in which the engine, BuildKit or buildx speaks of a registry; Go and git have the same words for a network. */
const ofDocker =
  /Error response from daemon|failed to (?:do request|resolve|solve|copy|fetch|authorize)|error pulling image|\/v2\/|toomanyrequests/i;

/** What BuildKit says in the same words of a file that is not there, and of a program in a container. */
const ofSomethingElse = /failed to (?:compute cache key|calculate checksum)|: process "/;

interface Refusal {
  readonly matches: RegExp;
  readonly reason: (found: RegExpExecArray, registry: string) => string;
  readonly hint: (registry: string, image: string) => string;
}

const mirror = 'with a mirror, set the variable KUBE_BASE_IMAGE_REGISTRY, or the one of that image';

function notReached(registry: string, image: string): string {
  return `The machine must reach ${registry}: try \`docker pull ${image}\` there. A proxy is set for the Docker daemon itself; ${mirror}`;
}

/** Why a registry gives no image. What it answers stands before not being heard at all. */
const refusals: readonly Refusal[] = [
  {
    matches: /toomanyrequests|429 Too Many Requests/i,
    reason: (_, registry) => `${registry} allows no more pulls for now`,
    hint: (registry) => `Wait some hours, log the machine’s Docker in at ${registry} (docker login), or ${mirror}`,
  },
  {
    matches: /x509: certificate has expired or is not yet valid/,
    reason: (_, registry) => `the certificate of ${registry} is not valid at the machine’s time`,
    hint: () => 'Check the machine’s clock (`timedatectl`); if it is right, the registry needs a new certificate',
  },
  {
    matches: /x509: |tls: (?!handshake timeout)/i,
    reason: (_, registry) => `the certificate of ${registry} is not trusted`,
    hint: (registry) => `Put the authority that signed it into /etc/docker/certs.d/${registry}/ca.crt, or ${mirror}`,
  },
  {
    matches: /server gave HTTP response to HTTPS client/,
    reason: (_, registry) => `${registry} speaks no https`,
    hint: (registry) => `Name ${registry} under insecure-registries in /etc/docker/daemon.json if that is meant`,
  },
  {
    matches: /no matching manifest for (\S+)|no match for platform in manifest/,
    reason: ([, platform]) => `it is not there for ${platform ?? 'this machine’s platform'}`,
    hint: () => 'Build on a machine of the platform that the image is made for, or name another image',
  },
  {
    matches: /manifest unknown|manifest for \S+ not found|name unknown|404 Not Found|: not found(?:: not found)?$/i,
    reason: (_, registry) => `${registry} does not have it`,
    hint: (_, image) => `See whether ${image} is right: its tag follows from the tree, its registry from variables`,
  },
  {
    matches: /unauthorized|pull access denied|\bdenied: |401 Unauthorized|403 Forbidden/i,
    reason: (_, registry) => `${registry} refuses it`,
    hint: (registry) => `Log the machine’s Docker in at ${registry} (docker login), or ${mirror}`,
  },
  {
    matches:
      /connection refused|connection reset|no such host|network is unreachable|no route to host|server misbehaving|TLS handshake timeout|i\/o timeout|context deadline exceeded|Client\.Timeout|proxyconnect|\bEOF\b/i,
    reason: ([found], registry) => `${registry} does not answer (${found})`,
    hint: notReached,
  },
  {
    matches: /dial tcp/,
    reason: (_, registry) => `${registry} does not answer`,
    hint: notReached,
  },
];

/** BuildKit’s own image, which no variable of the tree moves. */
const buildkit = /(?:^|\/)moby\/buildkit(?::|$)/;

/** Why an image could not be pulled, if that is what the lines say. */
export function explainPull(lines: readonly string[]): Explanation | undefined {
  const spoken = lines.filter((line) => ofDocker.test(line) && !ofSomethingElse.test(line));
  for (const refusal of refusals) {
    const found = firstMatch(refusal.matches, spoken);
    if (found === undefined) continue;
    const image = imageIn(lines);
    if (image !== undefined) return refused(refusal, found, image);
    const registry = registryIn(spoken);
    return {
      message: `an image could not be pulled: ${refusal.reason(found, registry)}`,
      hint: refusal.hint(registry, 'the image'),
    };
  }
  return undefined;
}

function refused({ reason, hint }: Refusal, found: RegExpExecArray, image: string): Explanation {
  const registry = registryOf(image);
  return {
    message: `the image ${image} could not be pulled: ${reason(found, registry)}`,
    hint: buildkit.test(image)
      ? `Kubernetes’ scripts build images with BuildKit’s own from Docker Hub: pull ${image} beforehand, or give the Docker daemon a mirror of Docker Hub`
      : hint(registry, image),
  };
}

function imageIn(lines: readonly string[]): string | undefined {
  for (const pattern of images) {
    const image = lines.map((line) => pattern.exec(line)?.[1]).findLast((name) => name !== undefined);
    if (image !== undefined) return image;
  }
  return undefined;
}

/** An image without a host in front of it is one of Docker Hub. */
function registryOf(image: string): string {
  const [host = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(host) ? host : 'docker.io';
}

function registryIn(lines: readonly string[]): string {
  return firstMatch(/https?:\/\/([^/"\s]+)\/v2\//, lines)?.[1] ?? 'the registry';
}

function firstMatch(pattern: RegExp, lines: readonly string[]): RegExpExecArray | undefined {
  for (const line of lines) {
    const found = pattern.exec(line);
    if (found !== null) return found;
  }
  return undefined;
}
