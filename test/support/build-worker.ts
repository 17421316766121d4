import type { SourceInspection } from '../../src/clusters/inspection.ts';
import type { Producer } from '../../src/queue/producer.ts';

/** The commit that every version is, for a build worker of the tests. */
export const someCommit = '0123456789abcdef0123456789abcdef01234567';

/** A queue behind which a build worker answers every question about a source alike. */
export function buildWorkerThatSays(
  answer: SourceInspection = { findings: [], commit: someCommit },
): Pick<Producer, 'inspect'> {
  return { inspect: async () => answer } as unknown as Pick<Producer, 'inspect'>;
}
