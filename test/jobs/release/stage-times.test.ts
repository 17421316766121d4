import { describe, expect, it } from 'vitest';
import { lastStages, stageText } from '../../../jobs/release/stage-times.ts';
import type { StageTime } from '../../../src/clusters/artifact.ts';
import type { Deployment } from '../../../src/clusters/deployment.ts';
import { deploymentAfter, requestedStaging, stagingKubernetes, stagingSpec } from '../../support/fixtures.ts';

const second = 1_000;
const minute = 60_000;

describe('the text of a stage', () => {
  it.each([
    [{ stage: 'fetch' }, 0, [], 'fetching the source'],
    [{ stage: 'images' }, 14 * second, [], 'building images'],
    [{ stage: 'images' }, 15 * second, [], 'building images · 15 s'],
    [{ stage: 'compile' }, 44 * second, [], 'compiling · 30 s'],
    [
      { stage: 'compile', target: 'cmd/kubelet' },
      12.9 * minute,
      [['compile', 24 * minute]],
      'compiling cmd/kubelet · 12 min, last time 24 min',
    ],
    [
      { stage: 'compile', target: 'cmd/kubelet' },
      0,
      [['compile', 45 * second]],
      'compiling cmd/kubelet · last time 45 s',
    ],
    [{ stage: 'compile' }, 90 * minute, [['compile', 120 * minute]], 'compiling · 1 h 30 min, last time 2 h'],
    [
      { stage: 'package', target: 'server linux-amd64' },
      minute,
      [['compile', minute]],
      'packaging server linux-amd64 · 1 min',
    ],
    [{ stage: 'package' }, 0, [['package', 400]], 'packaging'],
  ] as const)('of %j after %d ms', (at, elapsed, last, text) => {
    const stages: StageTime[] = last.map(([stage, ms]) => ({ stage, ms }));

    expect(stageText(at, elapsed, stages)).toBe(text);
  });
});

describe('how long stages took the last time', () => {
  const made = deploymentAfter(requestedStaging);
  const stages = [{ stage: 'compile', ms: 5 }];

  function deployment(
    kubernetes: Partial<typeof stagingKubernetes>,
    took: readonly StageTime[] | undefined,
  ): Deployment {
    const spec = { ...stagingSpec, kubernetes: { ...stagingKubernetes, ...kubernetes } };
    const object = { kind: 'kubernetes', name: 'n', object: 'o', size: 1, sha256: 's' } as const;
    const result = { version: 'v1.34.2', artifact: 'a', made: true, object, ...(took && { stages: took }) };
    return { ...made, spec, steps: { build: { state: 'done', attempt: 1, result } } };
  }

  it('is told by the newest deployment that built the same target for the same platform, whatever commit', () => {
    const deployments = [
      deployment({}, undefined),
      deployment({ target: 'quick-release-images' }, [{ stage: 'compile', ms: 1 }]),
      deployment({ platform: 'linux/arm64' }, [{ stage: 'compile', ms: 2 }]),
      deployment({ version: 'v1.35.0' }, stages),
      deployment({}, [{ stage: 'compile', ms: 3 }]),
    ];

    expect(lastStages(deployments, stagingKubernetes)).toEqual(stages);
  });

  it('is not known when nobody has built that', () => {
    expect(lastStages([made, deployment({}, [])], stagingKubernetes)).toEqual([]);
  });
});
