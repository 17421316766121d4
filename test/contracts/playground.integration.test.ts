import { afterAll, beforeAll, describe } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { startCloud } from '../../src/playground/cloud/cloud.ts';
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

describe.each(['playground', 'playground-domain'])('the cloud %s of the playground', (name) => {
  let playground: Awaited<ReturnType<typeof startCloud>> | undefined;

  beforeAll(async () => {
    playground = await startCloud({ log: silentLogger(), delays: 'short' });
  });
  afterAll(() => playground?.close());

  function connector(cloud: string): () => ReturnType<typeof connectToCloud> {
    return () => {
      if (playground === undefined) throw new Error('The playground has not started');
      return connectToCloud(playground.cloudsFile, cloud);
    };
  }
  const connectTo = connector(name);
  const connectAsOperator = connector('playground-admin');

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
