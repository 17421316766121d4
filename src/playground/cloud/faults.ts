/** What the playground's cloud can be told to do wrong, each a thing that real clouds do. */
export const faults = {
  stack: "the control plane's server finds no host with room, once",
  quota: "somebody else takes the project's memory quota just before the stack is created",
  swift: 'the object store answers 503 to the first three uploads',
  image: 'the image store is full and takes no upload',
  signal: 'no server ever manages to say that its first boot is done',
} as const;

/** The name of a fault. */
export type FaultName = keyof typeof faults;

/** True for the name of a fault. */
export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}

/** The faults of one cloud, and how often each may still happen. */
export interface FaultPlan {
  /** True if `name` is planned and due; counts as having happened. */
  strikes(name: FaultName): boolean;
}

const occurrences: Readonly<Record<FaultName, number>> = {
  stack: 1,
  quota: 1,
  swift: 3,
  image: Number.POSITIVE_INFINITY,
  signal: Number.POSITIVE_INFINITY,
};

/** The plan for the fault that was asked for, or for none. */
export function faultPlan(planned: FaultName | undefined): FaultPlan {
  let left = planned === undefined ? 0 : occurrences[planned];
  return {
    strikes(name) {
      if (name !== planned || left === 0) return false;
      left -= 1;
      return true;
    },
  };
}
