import { expect, it } from 'vitest';
import { distinct } from '../../../jobs/preflight/distinct.ts';
import { ok, problem, warning } from '../../../src/clusters/finding.ts';

const away = { ...problem('Nova', 'Listing the flavors: nothing answers'), passing: true };

it('tells once that a service is away, and nothing of what else could not be checked then', () => {
  const also = { ...problem('Nova', 'Listing the keypairs: nothing answers'), passing: true };
  const limits = { ...warning('Nova', 'Nova’s limits could not be checked: nothing answers'), passing: true };

  expect(distinct([limits, away, also, ok('Neutron', 'well')])).toEqual([away, ok('Neutron', 'well')]);
});

it('tells each refusal of a service, and what is the same only once', () => {
  const refused = [problem('Nova', 'one'), problem('Nova', 'two'), warning('Nova', 'three')];

  expect(distinct([...refused, ...refused, away])).toEqual([...refused, away]);
});
