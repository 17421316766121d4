import { describe } from 'vitest';
import { connectToCloud } from '../contracts/support.ts';
import { variants } from './cluster-variants.ts';
import { clusterTemplates } from './heat-clusters.ts';

const cloudsFile = process.env.OS_CLIENT_CONFIG_FILE ?? '/var/lib/openstack-lab/clouds.yaml';

describe('larger clusters of the templates in a real OpenStack', () => {
  clusterTemplates(
    () => connectToCloud(cloudsFile, 'lab'),
    () => connectToCloud(cloudsFile, 'lab-admin'),
    variants.filter(({ thorough }) => thorough),
  );
});
