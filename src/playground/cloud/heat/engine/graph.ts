import { ApiError } from '../../http/api-error.ts';
import { isMap, listOf } from '../../support/values.ts';
import { typeOf } from '../resources/types.ts';
import type { Template } from '../template/template.ts';

/** What must come before what: for each resource the names of those that it needs. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The graph over the resources of a template. 500 for a circle, as Heat has it. */
export function dependencyGraph(template: Template, files: Readonly<Record<string, string>>): Graph {
  const graph = new Map<string, ReadonlySet<string>>();
  for (const definition of template.resources.values()) {
    const implicit = typeOf(definition.type, files).implicit?.(definition, template) ?? [];
    const needs = [...definition.dependsOn, ...referencesIn(definition.properties), ...implicit];
    graph.set(
      definition.name,
      new Set(needs.filter((name) => template.resources.has(name) && name !== definition.name)),
    );
  }
  checkAcyclic(graph);
  return graph;
}

/** The same with all arrows turned round: what must go before what. */
export function reversed(graph: Graph): Graph {
  const turned = new Map([...graph.keys()].map((name) => [name, new Set<string>()]));
  for (const [name, needs] of graph) for (const need of needs) turned.get(need)?.add(name);
  return turned;
}

/** The resources that a part of a template refers to. */
export function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isMap(value)) return [];
  const own = [value.get_resource, listOf(value.get_attr)[0]].filter((name) => typeof name === 'string');
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}

function checkAcyclic(graph: Graph): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw new ApiError(500, 'RemoteError', 'Circular Dependency Found');
    if (done.has(name)) return;
    for (const need of graph.get(name) ?? []) visit(need, [...path, name]);
    done.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
}
