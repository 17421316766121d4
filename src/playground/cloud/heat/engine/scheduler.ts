import type { Graph } from './graph.ts';

/**
 * Visits every node of a graph, each as soon as all that it needs are done, side by side where nothing speaks against
 * it. What needs something that failed is not visited, and nothing is begun once `halted` says so; what is under way is
 * waited for. Never rejects: `visit` tells of failures itself and rejects only to say "not done".
 *
 * @returns the names of the nodes that are done.
 */
export async function walk(
  graph: Graph,
  visit: (name: string) => Promise<void>,
  halted: () => boolean,
): Promise<Set<string>> {
  const done = new Set<string>();
  const visits = new Map<string, Promise<void>>();

  const start = (name: string): Promise<void> => {
    const existing = visits.get(name);
    if (existing !== undefined) return existing;
    const needs = [...(graph.get(name) ?? [])];
    const visited = Promise.all(needs.map(start)).then(async () => {
      if (halted() || !needs.every((need) => done.has(need))) return;
      try {
        await visit(name);
        done.add(name);
      } catch {
        // Said already; whoever needs this one sees that it is not done.
      }
    });
    visits.set(name, visited);
    return visited;
  };

  await Promise.all([...graph.keys()].map(start));
  return done;
}
