import type { ResourceWork } from './resource-type.ts';

/** Looks again and again until something has come about; what `look` throws, and the signal, end it. */
export async function poll({ world, signal }: ResourceWork, look: () => boolean): Promise<void> {
  while (!look()) await world.pacing.spend('poll', signal);
}
