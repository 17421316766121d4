import type { OpenStack } from '../../src/openstack/openstack.ts';
import { ServiceClient } from '../../src/openstack/service-client.ts';

const calling: readonly PropertyKey[] = ['get', 'post', 'put', 'delete', 'call', 'open'];

/** What a worker says that dies. */
export const death = new Error('the worker died');

/**
 * A cloud as a worker sees it that dies right after so many calls: what it asked for has happened, and nothing follows.
 * `calls` counts them.
 */
export function dyingAfter(openstack: OpenStack, most: number): OpenStack & { calls: number } {
  const seen = { calls: 0 };
  const mortal = (client: ServiceClient): ServiceClient =>
    new Proxy(client, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (!calling.includes(name)) return value.bind(target);
        return async (...args: unknown[]) => {
          if (seen.calls >= most) throw death;
          seen.calls += 1;
          return value.apply(target, args);
        };
      },
    });
  const clients = Object.entries(openstack).map(([name, value]) => [
    name,
    value instanceof ServiceClient ? mortal(value) : value,
  ]);
  return Object.defineProperty(Object.fromEntries(clients), 'calls', { get: () => seen.calls });
}
