// upload-image.mjs FILE NAME: makes a Glance image of a raw file as a worker does.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { silentLogger } from '../../dist/src/log.js';
import { readCloud } from '../../dist/src/openstack/clouds.js';
import { createImage, uploadImage } from '../../dist/src/openstack/glance/images.js';
import { connect } from '../../dist/src/openstack/openstack.js';

const [path, name] = process.argv.slice(2);
const openstack = connect(readCloud(undefined, process.env), { log: silentLogger() });
const { size } = await stat(path);
const { id } = await createImage(openstack.glance, { name, diskFormat: 'raw', containerFormat: 'bare' });
await uploadImage(openstack.glance, id, { content: () => createReadStream(path), size });
await openstack.close();
