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
  resourceVersion?: string;
}

/** The objects of one resource. What a collection does not have is answered with 405. */
export interface Collection {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Those of a namespace, or of all. */
  list(namespace?: string): readonly ApiObject[];
  create?(object: ApiObject, caller: Identity): ApiObject;
  update?(target: Required<Pick<Target, 'name'>> & Target, object: ApiObject): ApiObject;
  delete?(target: Target): void;
}
