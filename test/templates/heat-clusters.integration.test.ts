import { afterAll, beforeAll, describe } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import { connectToCloud } from '../contracts/support.ts';
import { variants } from './cluster-variants.ts';
import { clusterTemplates } from './heat-clusters.ts';

describe('the templates in the playground’s cloud', () => {
  let playground: PlaygroundCloud | undefined;

  beforeAll(async () => {
    playground = await startCloud({ log: silentLogger() });
  });
  afterAll(() => playground?.close());

  const connectTo = (cloud: string) => () => connectToCloud(playground?.cloudsFile ?? '', cloud);

  clusterTemplates(connectTo('playground'), connectTo('playground-admin'), variants);
});
