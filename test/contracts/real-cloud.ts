import { existsSync } from 'node:fs';
import { describe } from 'vitest';
import { cinderContract } from './cinder.ts';
import { glanceContract } from './glance.ts';
import { heatContract } from './heat.ts';
import { keystoneContract } from './keystone.ts';
import { neutronContract } from './neutron.ts';
import { novaContract } from './nova.ts';
import { octaviaContract } from './octavia.ts';
import { connectToCloud } from './support.ts';
import { swiftContract } from './swift.ts';
import { swiftLargeContract } from './swift-large.ts';

const cloudsFile = process.env.OS_CLIENT_CONFIG_FILE ?? '/var/lib/openstack-lab/clouds.yaml';

if (!existsSync(cloudsFile)) {
  throw new Error(
    `No OpenStack to test against: ${cloudsFile} does not exist. Start one, or name its clouds.yaml in ` +
      'OS_CLIENT_CONFIG_FILE; it needs the clouds lab, lab-domain and lab-admin.',
  );
}

/** All contracts, as an ordinary user of one cloud of the file. */
export function realCloudContracts(name: string): void {
  const connectTo = () => connectToCloud(cloudsFile, name);
  const connectAsOperator = () => connectToCloud(cloudsFile, 'lab-admin');

  describe(`the cloud ${name} of a real OpenStack`, () => {
    keystoneContract(connectTo, connectAsOperator);
    swiftContract(connectTo);
    swiftLargeContract(connectTo);
    glanceContract(connectTo);
    novaContract(connectTo, connectAsOperator);
    neutronContract(connectTo);
    cinderContract(connectTo);
    octaviaContract(connectTo);
    heatContract(connectTo, connectAsOperator);
  });
}
