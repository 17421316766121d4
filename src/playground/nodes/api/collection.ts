import type { Identity } from './identity.ts';
import type { Target } from './target.ts';

/** An object of the API, as far as all are alike. */
export interface ApiObject {
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  creationTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: readonly object[];
  resourceVersion?: string;
}

/** The objects of one resource. What a collection does not have is answered with 405. */
export interface Collection {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** What else can be made of one of them, as discovery lists it. */
  readonly subresources?: readonly object[];
  /** Those of a namespace, or of all. */
  list(namespace?: string): readonly ApiObject[];
  /** Also for what is made of one of them, such as an eviction: the target says so. */
  create?(object: ApiObject, caller: Identity, target: Target): ApiObject;
  update?(target: Required<Pick<Target, 'name'>> & Target, object: ApiObject): ApiObject;
  /** `changes` are the members of the spec that become something else; null takes one away. */
  patch?(target: Required<Pick<Target, 'name'>> & Target, changes: Readonly<Record<string, unknown>>): ApiObject;
  delete?(target: Target): void;
}
