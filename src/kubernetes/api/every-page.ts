/** One page of a list, as every list of Kubernetes comes. */
interface Page<T> {
  readonly items: readonly T[];
  readonly metadata?: { readonly _continue?: string };
}

/** Of what a list is asked by. Kubernetes calls the second `continue`. */
interface PageOptions {
  readonly limit: number;
  readonly _continue?: string;
}

/** As many as kubectl asks for at a time. */
const pageSize = 500;

/**
 * All items of a list, page by page, so that no single answer grows with the cluster.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
export async function everyPage<T>(ask: (page: PageOptions) => Promise<Page<T>>, limit = pageSize): Promise<T[]> {
  const items: T[] = [];
  let next: string | undefined;
  do {
    const page = await ask({ limit, ...(next && { _continue: next }) });
    items.push(...page.items);
    next = page.metadata?._continue;
  } while (next);
  return items;
}
