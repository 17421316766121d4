import type { BootedNode, ClusterSettings } from '../booted-node.ts';
import type { ApiObject, Collection } from './collection.ts';
import { nodeObject } from './node-object.ts';
import type { Target } from './target.ts';

/** Nodes as they have joined. People may keep pods from them, and remove one whose server is gone. */
export class NodesCollection implements Collection {
  readonly apiVersion = 'v1';
  readonly kind = 'Node';
  readonly namespaced = false;
  readonly #nodes: () => readonly BootedNode[];
  readonly #settings: ClusterSettings;
  readonly #cordoned = new Set<string>();
  readonly #removed = new Set<string>();

  constructor(nodes: () => readonly BootedNode[], settings: ClusterSettings) {
    this.#nodes = nodes;
    this.#settings = settings;
  }

  /** Those that are there, in the order in which pods are given to them: control planes last. */
  schedulable(): readonly BootedNode[] {
    return this.#present()
      .filter(({ name }) => !this.#cordoned.has(name))
      .sort((one, other) => (one.role === other.role ? 0 : one.role === 'node' ? -1 : 1));
  }

  list(): readonly ApiObject[] {
    return this.#present().map((node) => this.#object(node));
  }

  patch({ name }: Target & { name: string }, { unschedulable }: Readonly<Record<string, unknown>>): ApiObject {
    if (unschedulable === true) this.#cordoned.add(name);
    else if (unschedulable !== undefined) this.#cordoned.delete(name);
    const node = this.#present().find((candidate) => candidate.name === name);
    if (node === undefined) throw new TypeError(`the node ${name} was there a moment ago`);
    return this.#object(node);
  }

  /** A kubelet that still runs makes a new one only when it starts again. */
  delete({ name = '' }: Target): void {
    for (const node of this.#present()) if (node.name === name) this.#removed.add(idOf(node));
    this.#cordoned.delete(name);
  }

  #present(): BootedNode[] {
    return this.#nodes().filter((node) => !this.#removed.has(idOf(node)));
  }

  #object(node: BootedNode): ApiObject {
    return nodeObject(node, this.#settings, this.#cordoned.has(node.name));
  }
}

function idOf({ name, joinedAt }: BootedNode): string {
  return `${name} ${joinedAt.getTime()}`;
}
