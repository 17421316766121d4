import { Redis } from 'ioredis';
import { silentLogger } from '../../../src/log.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { connect } from '../../../src/openstack/openstack.ts';
import { Mutex } from '../../../src/store/mutex.ts';
import { releaseSteps } from './support.ts';

/** The steps `build` and `publish` of a deployment in a process that can be killed. */
const [cloudsFile, address = '', redisUrl = '', dataDir = '', states = '', deployment = ''] = process.argv.slice(2);
const log = silentLogger();
const cloud = readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloudsFile });
const openstack = connect({ ...cloud, endpointOverrides: { 'object-store': address } }, { log });
const redis = new Redis(redisUrl);
const { id, attempt, spec } = JSON.parse(deployment);
const steps = releaseSteps({ openstack, id, attempt, spec, tools: { mutex: new Mutex(redis), dataDir, states } });
await steps.publish(await steps.build());
await openstack.close();
redis.disconnect();
