// store-file.mjs FILE CONTAINER OBJECT SEGMENT_SIZE: puts a file into Swift as a worker does.
import { silentLogger } from '../../dist/src/log.js';
import { readCloud } from '../../dist/src/openstack/clouds.js';
import { connect } from '../../dist/src/openstack/openstack.js';
import { createContainer } from '../../dist/src/openstack/swift/containers.js';
import { storeFile } from '../../dist/src/openstack/swift/store-file.js';

const [path, container, object, segmentSize] = process.argv.slice(2);
const openstack = connect(readCloud(undefined, process.env), { log: silentLogger() });
await createContainer(openstack.swift, container);
await storeFile(openstack.swift, { container, object, path, ...(segmentSize && { segmentSize: Number(segmentSize) }) });
await openstack.close();
