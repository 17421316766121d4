import { publish } from '../../jobs/publish.ts';
import type { Run } from '../../jobs/run.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { connect } from '../../src/openstack/openstack.ts';

/** The step `publish` in a process that can be killed: with as much of a run as the step looks at. */
const [cloudsFile, address = '', deployment = ''] = process.argv.slice(2);
const log = silentLogger();
const cloud = readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloudsFile });
const openstack = connect({ ...cloud, endpointOverrides: { 'object-store': address } }, { log });
const step = { checkpoint: async () => undefined, tick: () => undefined };
const { signal } = new AbortController();
await publish({ deployment: JSON.parse(deployment), openstack, step, signal, log } as unknown as Run);
await openstack.close();
