import { loadAll } from 'js-yaml';

/** An object of Kubernetes, as far as every kind has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Record<string, string>;
  };
  readonly spec?: Workload;
  readonly data?: Record<string, string>;
}

interface Workload {
  readonly selector: { readonly matchLabels: Record<string, string> };
  readonly template: {
    readonly metadata: { readonly labels: Record<string, string>; readonly annotations?: Record<string, string> };
    readonly spec: Pod;
  };
}

interface Pod {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly serviceAccountName?: string;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

export function parseManifests(text: string): Manifest[] {
  return loadAll(text) as Manifest[];
}

export function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

/** Every container of every pod that the manifests ask for. */
export function containers(manifests: readonly Manifest[]): Container[] {
  return manifests.flatMap((each) => {
    const pod = each.spec?.template?.spec;
    return pod === undefined ? [] : [...(pod.initContainers ?? []), ...pod.containers];
  });
}

/** What the API server or a pod that never starts would complain about, a sentence each. */
export function problemsOf(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((each) => {
    const name = `${each?.kind} ${each?.metadata?.name}`;
    if (!each?.apiVersion || !each.kind || !each.metadata?.name) return [`${name} is no object of Kubernetes`];
    return each.spec?.template === undefined
      ? []
      : podProblems(each.spec, manifests).map((problem) => `${name}: ${problem}`);
  });
}

function podProblems({ selector, template }: Workload, manifests: readonly Manifest[]): string[] {
  const { labels } = template.metadata;
  const selected = Object.entries(selector.matchLabels).every(([label, value]) => labels[label] === value);
  const accounts = manifests.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
  return [
    ...(selected ? [] : ['the selector matches no pod']),
    ...(accounts.includes(template.spec.serviceAccountName ?? '') ? [] : ['the service account is not there']),
    ...volumeProblems(template.spec),
  ];
}

function volumeProblems(pod: Pod): string[] {
  const volumes = new Set(pod.volumes?.map(({ name }) => name));
  const mounted = [...(pod.initContainers ?? []), ...pod.containers].flatMap((each) => each.volumeMounts ?? []);
  const used = new Set(mounted.map(({ name }) => name));
  return [
    ...[...used].filter((name) => !volumes.has(name)).map((name) => `there is no volume ${name}`),
    ...[...volumes].filter((name) => !used.has(name)).map((name) => `nothing uses the volume ${name}`),
  ];
}
