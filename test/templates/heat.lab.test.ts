import { describe } from 'vitest';
import { connectToCloud } from '../contracts/support.ts';
import { clusterTemplates } from './heat-clusters.ts';

const cloudsFile = process.env.OS_CLIENT_CONFIG_FILE ?? '/var/lib/openstack-lab/clouds.yaml';

describe('the templates in a real OpenStack', () => {
  clusterTemplates(
    () => connectToCloud(cloudsFile, 'lab'),
    () => connectToCloud(cloudsFile, 'lab-admin'),
    [],
  );
});
