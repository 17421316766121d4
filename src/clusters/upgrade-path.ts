/** A published version, or one of a tag: `v1.35.1`, `v1.36.0-rc.1`. */
const versionShape = /^v(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:-([0-9A-Za-z][0-9A-Za-z.-]{0,60}))?/;

interface Version {
  readonly core: readonly [major: number, minor: number, patch: number];
  /** What follows: `rc.1`, or how far git is from a tag. */
  readonly rest: string;
}

/** Why a cluster cannot be brought from one version of Kubernetes to another; undefined when it can. */
export function upgradeProblem(from: string, to: string): { text: string; hint: string } | undefined {
  const [present, wanted] = [parseVersion(from), parseVersion(to)];
  if (wanted === undefined) {
    return { text: `${to} is no version of Kubernetes`, hint: 'Name one such as v1.35.1' };
  }
  if (present === undefined) {
    return {
      text: `The cluster’s version, ${from}, does not say which one it is, so nobody knows whether ${to} may follow`,
      hint: 'Bring the cluster up anew with the version that you want',
    };
  }
  const order = compare(wanted, present);
  if (order === 0) return { text: `The cluster has ${from} already`, hint: 'Name a newer version' };
  if (order < 0) {
    return {
      text: `${to} is older than ${from}, and Kubernetes cannot go back`,
      hint: 'Name a newer version, or bring the cluster up anew',
    };
  }
  return skips(present, wanted) ? skipped(present, wanted, to) : undefined;
}

/** What the kubelet of a server says of itself when it has that version, which may be as git describes a commit. */
export function isKubeletOf(kubelet: string, version: string): boolean {
  return kubelet === version || kubelet === gitVersion(version);
}

/**
 * As hack/lib/version.sh of Kubernetes makes it of what git describes: v1.36.0-alpha.1-20-g0123456789abcd becomes
 * v1.36.0-alpha.1.20+0123456789abcd, and v1.35.1-3-g0123456789abcd becomes v1.35.1-3+0123456789abcd.
 */
function gitVersion(version: string): string {
  const [, tag, ahead, commit] = /^(v.+)-(\d+)-g([0-9a-f]+)$/.exec(version) ?? [];
  if (tag === undefined) return version;
  return `${tag}${tag.includes('-') ? '.' : '-'}${ahead}+${commit}`;
}

function parseVersion(text: string): Version | undefined {
  const [found, major, minor, patch, rest = ''] = versionShape.exec(text) ?? [];
  return found === undefined ? undefined : { core: [Number(major), Number(minor), Number(patch)], rest };
}

function compare(one: Version, other: Version): number {
  const [major, minor, patch] = one.core.map((number, place) => number - (other.core[place] ?? 0));
  return major || minor || patch || compareRest(one.rest, other.rest);
}

/** A release comes after its candidates; a commit after a tag comes after the tag, which its version begins with. */
function compareRest(one: string, other: string): number {
  if (one === other) return 0;
  if (one === '' || other === '') return isCandidate(one || other) === (one === '') ? 1 : -1;
  return one.localeCompare(other, 'en', { numeric: true });
}

function isCandidate(rest: string): boolean {
  return /^(alpha|beta|rc)\b/.test(rest);
}

/** kubeadm takes one minor version at a time. https://kubernetes.io/releases/version-skew-policy/ */
function skips({ core: [major, minor] }: Version, wanted: Version): boolean {
  return wanted.core[0] !== major || wanted.core[1] > minor + 1;
}

function skipped({ core: [major, minor] }: Version, wanted: Version, to: string): { text: string; hint: string } {
  return {
    text: `${to} is ${wanted.core[0] === major ? `${wanted.core[1] - minor} minor versions` : 'a major version'} ahead, and kubeadm takes one minor version at a time`,
    hint: `Upgrade to a v${major}.${minor + 1} first`,
  };
}
