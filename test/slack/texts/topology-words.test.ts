import { describe, expect, it } from 'vitest';
import { topologyComment, topologyWords } from '../../../src/slack/texts/topology-words.ts';
import { anyTopology, chanceFrom, smallTopology, someServer } from '../../support/topologies.ts';

describe('topologyWords', () => {
  it('says in words what the picture shows', () => {
    const topology = {
      ...smallTopology,
      loadBalancers: [
        {
          name: 'staging-api',
          serves: 'api' as const,
          state: 'ONLINE',
          address: '10.123.0.4',
          floatingIps: ['203.0.113.9'],
        },
      ],
      looseVolumes: [{ name: 'pvc-1', size: 8, state: 'available' }],
    };

    expect(topologyWords(topology).split('\n')).toEqual([
      'external network gateway',
      'router staging ACTIVE, 203.0.113.7',
      'network staging, 10.123.0.0/24',
      'load balancer of the API staging-api ONLINE, 10.123.0.4, floating 203.0.113.9',
      '1 control plane ACTIVE',
      '1 node ACTIVE',
      'control plane staging-control-plane-0 ACTIVE, 10.123.0.5, floating 203.0.113.10',
      'node staging-node-0 ACTIVE, 10.123.0.6',
      'volume pvc-1 8 GiB, available, on no server',
    ]);
  });

  it('counts the servers of each state before it names them, and stops where Slack does', () => {
    const servers = [
      ...Array.from({ length: 99 }, (_, index) => someServer({ name: `staging-node-${index}` })),
      someServer({ name: 'staging-node-99', state: 'ERROR' }),
    ];

    const words = topologyWords({ ...smallTopology, servers });

    expect(words.length).toBeLessThanOrEqual(1_000);
    expect(words).toContain('99 nodes ACTIVE\n1 node ERROR\n');
    expect(words).toMatch(/\nand \d+ more$/);
  });

  it('says first what could not be seen', () => {
    const unseen = [{ what: 'volumes', why: 'Listing the volumes:\nforbidden' }];

    expect(topologyWords({ ...smallTopology, unseen })).toMatch(
      /^not shown: volumes\. Listing the volumes: forbidden\nexternal network/,
    );
  });
});

describe('topologyComment', () => {
  it('names who asked and what there is, and makes what comes from outside harmless', () => {
    const servers = [someServer({ state: '<!channel>' })];
    const unseen = [{ what: 'volumes', why: '<!here> is forbidden' }];

    expect(topologyComment({ ...smallTopology, servers, unseen }, 'U0DEVELOPER').split('\n')).toEqual([
      '<@U0DEVELOPER> asked for the topology of *staging*: 1 node &lt;!channel&gt;',
      'not shown: volumes. &lt;!here&gt; is forbidden',
    ]);
  });

  it('is never longer than a message may be', () => {
    const chance = chanceFrom(7);

    for (let round = 0; round < 50; round += 1) {
      const topology = anyTopology(chance);
      expect(topologyComment(topology, 'U0DEVELOPER').length).toBeLessThanOrEqual(2_000);
      expect(topologyWords(topology).length).toBeLessThanOrEqual(1_000);
    }
  });
});
