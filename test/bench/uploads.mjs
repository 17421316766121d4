import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deleteImage, listImages } from '../../dist/src/openstack/glance/images.js';
import { deleteContainer, listContainers } from '../../dist/src/openstack/swift/containers.js';
import { deleteObject, listObjects } from '../../dist/src/openstack/swift/objects.js';
import { gibibyte, makeRandomFile, makeSparseFile, mebibyte } from './files.mjs';
import { measureProgram } from './measure.mjs';

/** What both sides cut a file into. */
const segmentSize = 128 * mebibyte;

/** What Slipway may take for a file of 4 GiB, in bytes. */
const memoryLimit = 150 * mebibyte;

const node = (script, ...args) => [process.execPath, fileURLToPath(new URL(script, import.meta.url)), ...args];

/** 1 GiB into Swift. */
export async function swiftContest({ directory, openstack, name, signal }) {
  const container = `${name}-objects`;
  const file = await makeRandomFile(join(directory, 'release.tar.gz'), gibibyte);
  const upload = (command) => async () => {
    const measure = await measureProgram(command, { directory, signal });
    await removeContainers(openstack.swift, name);
    return measure;
  };
  const segments = ['--segment-size', String(segmentSize), '--use-slo'];
  return {
    title: '1 GiB into Swift, 8 segments',
    slipway: upload(node('store-file.mjs', file, container, 'release.tar.gz', String(segmentSize))),
    other: {
      name: 'swift upload',
      run: upload(['swift', '--quiet', 'upload', ...segments, '--object-name', 'release.tar.gz', container, file]),
    },
  };
}

/** 512 MiB into Glance. */
export async function glanceContest({ directory, openstack, name, signal }) {
  const file = await makeRandomFile(join(directory, 'image.raw'), gibibyte / 2);
  const upload = (command) => async () => {
    const measure = await measureProgram(command, { directory, signal });
    await removeImages(openstack.glance, name);
    return measure;
  };
  const described = ['--disk-format', 'raw', '--container-format', 'bare'];
  return {
    title: '512 MiB into Glance',
    slipway: upload(node('upload-image.mjs', file, name)),
    other: {
      name: 'openstack image create',
      run: upload(['openstack', '-q', 'image', 'create', '--file', file, ...described, name]),
    },
  };
}

/** The memory that 4 GiB into Swift take, once: they lie on the disk for the time of the run. */
export async function memoryCheck({ directory, openstack, name, signal }) {
  const file = await makeSparseFile(join(directory, 'large.bin'), 4 * gibibyte);
  try {
    const { memory, wall } = await measureProgram(node('store-file.mjs', file, `${name}-objects`, 'large.bin', ''), {
      directory,
      signal,
    });
    return { title: '4 GiB into Swift', memory, limit: memoryLimit, wall, kept: memory < memoryLimit };
  } finally {
    await removeContainers(openstack.swift, name);
  }
}

/** Ends what a run left, the segments too, whichever container they are in. */
export async function removeContainers(swift, prefix) {
  for (const { name: container } of await listContainers(swift, { prefix })) {
    for (const { name } of await listObjects(swift, container)) await deleteObject(swift, container, name);
    await deleteContainer(swift, container);
  }
}

export async function removeImages(glance, name) {
  for (const { id } of await listImages(glance, { name })) await deleteImage(glance, id);
}
