import type { StackRef } from './stacks.ts';

/** A link as Heat puts it beside everything that it lists. */
export interface WireLink {
  rel: string;
  href: string;
}

/** The stack that the link of the kind `rel` leads to: its address ends in /stacks/{name}/{id}. */
export function linkedStack(links: readonly WireLink[], rel: 'stack' | 'nested'): StackRef | undefined {
  const href = links.find((link) => link.rel === rel)?.href;
  const match = href === undefined ? null : /\/stacks\/([^/]+)\/([^/?]+)/.exec(href);
  const [, name, id] = match ?? [];
  return name === undefined || id === undefined ? undefined : { name: decodeURIComponent(name), id };
}
