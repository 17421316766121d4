import { dump } from 'js-yaml';

/** What differs between the demo on the playground's cloud and on another one. */
export interface DemoCluster {
  readonly cloud: string;
  readonly repository: string;
  readonly version: string;
  readonly image: { readonly name: string; readonly file?: string };
  readonly publicKey: string;
  readonly keypair: string;
  readonly controlPlaneFlavor: string;
  readonly nodeFlavor: string;
  readonly externalNetwork: string;
  readonly dns: string;
}

/** The clusters.yaml of the demo: the same keys that a real one has. */
export function demoClustersYaml(cluster: DemoCluster): string {
  return dump({
    policy: {
      request: ['S0DEVELOPERS'],
      approve: { from: ['S0PLATFORM'], count: 1, self: false, within: '1h' },
    },
    clusters: {
      staging: {
        cloud: cluster.cloud,
        channel: 'C0DEPLOYS',
        kubernetes: {
          version: cluster.version,
          source: 'build',
          repository: cluster.repository,
          target: 'quick-release',
          // A tree of shell scripts: what compiling Kubernetes takes would keep the demo from small machines.
          needs: { docker: false, disk: '100 MB', memory: '100 MB' },
        },
        image: { ...cluster.image, ...(cluster.image.file && { format: 'raw' }) },
        keypair: { name: cluster.keypair, publicKey: cluster.publicKey },
        controlPlane: { count: 1, flavor: cluster.controlPlaneFlavor },
        nodes: { count: 1, max: 3, flavor: cluster.nodeFlavor },
        lifetime: { default: '8h', max: '24h' },
        network: { external: cluster.externalNetwork, cidr: '10.123.0.0/24', dns: [cluster.dns] },
      },
    },
  });
}
