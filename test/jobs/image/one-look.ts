import { Redis } from 'ioredis';
import { silentLogger } from '../../../src/log.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { connect } from '../../../src/openstack/openstack.ts';
import { Mutex } from '../../../src/store/mutex.ts';
import { imageStep } from './support.ts';

/** A process of its own that takes one look as a deployment: to be killed in the middle of it. */
const [cloudsFile = '', redisUrl = '', leaseMs = '', id = '', wanted = ''] = process.argv.slice(2);
const openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloudsFile }), { log: silentLogger() });
const mutex = new Mutex(new Redis(redisUrl), { leaseMs: Number(leaseMs) });
await imageStep({ openstack, mutex, wanted: JSON.parse(wanted), id }).look();
