import type { BootedNode } from '../booted-node.ts';
import { podSuffix, type SystemPod } from '../kube-system.ts';
import type { ApiObject, Collection } from './collection.ts';
import { assertWithinBudgets } from './disruption-budgets.ts';
import type { Identity } from './identity.ts';
import { podObject } from './pod-object.ts';
import { StoredCollection } from './stored-collection.ts';
import type { Target } from './target.ts';

export interface PodsOptions {
  /** Those of kube-system, where they would be if nobody had moved any. */
  readonly system: () => readonly SystemPod[];
  /** Nodes that take new pods, the best first. */
  readonly schedulable: () => readonly BootedNode[];
  readonly budgets: Pick<Collection, 'list'>;
}

/** Where a pod is that was evicted from where it was. */
interface Move {
  node: string | undefined;
  times: number;
}

/**
 * Pods: those of kube-system, of which a ReplicaSet's come back elsewhere under a new name when they are evicted, and what
 * people make besides, which an eviction ends.
 */
export class PodsCollection implements Collection {
  readonly apiVersion = 'v1';
  readonly kind = 'Pod';
  readonly namespaced = true;
  readonly subresources = [
    {
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    },
  ];
  readonly #options: PodsOptions;
  readonly #stored = new StoredCollection({ apiVersion: 'v1', kind: 'Pod', namespaced: true });
  /** By the names that the pods had at first. */
  readonly #moves = new Map<string, Move>();

  constructor(options: PodsOptions) {
    this.#options = options;
  }

  list(namespace?: string): readonly ApiObject[] {
    const system = this.#system().map(({ pod }) => podObject(pod));
    return [...system, ...this.#stored.list()].filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
    );
  }

  create(object: ApiObject, _caller: Identity, { subresource, name = '', namespace = '' }: Target): ApiObject {
    if (subresource !== 'eviction') return this.#start(object);
    const pods = this.list(namespace);
    const pod = pods.find(({ metadata }) => metadata.name === name);
    if (pod !== undefined) assertWithinBudgets(pod, pods, this.#options.budgets.list(namespace));
    this.delete({ group: '', resource: 'pods', namespace, name });
    return object;
  }

  /** What a ReplicaSet made, it makes again. */
  delete(target: Target): void {
    const moved = this.#system().find(({ pod }) => pod.name === target.name);
    if (moved === undefined || target.namespace !== 'kube-system') {
      this.#stored.delete(target);
      return;
    }
    if (moved.pod.owner !== 'ReplicaSet') return;
    const [node] = this.#options.schedulable();
    const times = (this.#moves.get(moved.first)?.times ?? 0) + 1;
    this.#moves.set(moved.first, { node: node?.name, times });
  }

  /** Stands in for the scheduler and the kubelet as well. */
  #start({ metadata, spec, ...object }: ApiObject): ApiObject {
    const [node] = this.#options.schedulable();
    const placed = { nodeName: node?.name, ...(spec as object) };
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    return this.#stored.create({ ...object, metadata, spec: placed, status });
  }

  #system(): { first: string; pod: SystemPod }[] {
    return this.#options.system().map((pod) => ({ first: pod.name, pod: this.#moved(pod) }));
  }

  #moved(pod: SystemPod): SystemPod {
    const move = this.#moves.get(pod.name);
    if (move === undefined) return pod;
    const nodes = this.#options.system().flatMap(({ node }) => node ?? []);
    const node = nodes.find(({ name }) => name === move.node) ?? this.#options.schedulable()[0];
    move.node = node?.name;
    const { node: _, ...rest } = pod;
    const name = `${pod.name.slice(0, -5)}${podSuffix(`${pod.name} ${move.times}`, 5)}`;
    return { ...rest, name, ...(node && { node }) };
  }
}
