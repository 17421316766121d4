import type { CloudChoice } from '../src/clusters/cluster-spec.ts';
import { stackTag } from '../src/clusters/names.ts';
import { StackWatch } from '../src/openstack/heat/stack-watch.ts';
import type { OpenStack } from '../src/openstack/openstack.ts';

/** Seconds between two looks of a step at its stack. All steps of a process share one call for it. */
export const pollSeconds = 2;

/**
 * How old the shared list may be. Less than the time between two looks, so that a step alone gets a new list each time;
 * not much less, so that many steps out of step with each other do not each ask for their own.
 */
const freshMs = 1_500;

/** How far apart the looks inside a stack get where nothing happens, as while servers boot. */
const quietMs = 30_000;

/** The watch over Slipway's stacks in each cloud; one per cloud and process. */
export class StackWatches {
  readonly #openstack: (choice: CloudChoice) => OpenStack;
  readonly #watches = new Map<string | undefined, StackWatch>();

  constructor(openstack: (choice: CloudChoice) => OpenStack) {
    this.#openstack = openstack;
  }

  /** The watch of a cluster's cloud. Where the cluster keeps its objects makes no difference. */
  get(choice: CloudChoice): StackWatch {
    const options = { tags: [stackTag], freshMs, quietMs };
    const watch = this.#watches.get(choice.cloud) ?? new StackWatch(this.#openstack(choice).heat, options);
    this.#watches.set(choice.cloud, watch);
    return watch;
  }
}
