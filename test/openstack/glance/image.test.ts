import { describe, expect, it } from 'vitest';
import { imageFrom, type WireImage } from '../../../src/openstack/glance/image.ts';

const queued: WireImage = {
  id: '72e8b5fc-439a-40f4-9d4a-10b613497a52',
  name: null,
  status: 'queued',
  size: null,
  virtual_size: null,
  checksum: null,
  os_hash_algo: null,
  os_hash_value: null,
  os_hidden: false,
  visibility: 'private',
  protected: false,
  owner: null,
  tags: [],
  created_at: '2026-11-22T19:26:35Z',
  updated_at: '2026-11-22T19:26:35Z',
  min_disk: 0,
  min_ram: 0,
  disk_format: 'raw',
  container_format: 'bare',
  self: '/v2/images/72e8b5fc-439a-40f4-9d4a-10b613497a52',
  file: '/v2/images/72e8b5fc-439a-40f4-9d4a-10b613497a52/file',
  schema: '/v2/schemas/image',
};

describe('an image as Glance puts it', () => {
  it('has no size, digest, properties or import before there is anything in it', () => {
    expect(imageFrom(queued)).toEqual({
      id: queued.id,
      name: '',
      status: 'queued',
      visibility: 'private',
      owner: '',
      tags: [],
      createdAt: new Date('2026-11-22T19:26:35Z'),
      minDisk: 0,
      minRam: 0,
      properties: {},
      import: { pending: [], failed: [] },
    });
  });

  it('keeps what people noted apart from what Glance knows', () => {
    const image = imageFrom({
      ...queued,
      stores: 'file',
      os_hash_algo: 'sha256',
      os_hash_value: 'ab',
      hw_disk_bus: 'virtio',
      slipway_sha512: 'cd',
    });

    expect(image.properties).toEqual({ hw_disk_bus: 'virtio', slipway_sha512: 'cd' });
    expect(image.hash).toEqual({ algorithm: 'sha256', value: 'ab' });
  });

  it('tells of an import, and of the stores that it did not reach', () => {
    const image = imageFrom({
      ...queued,
      status: 'importing',
      os_glance_import_task: '4dd5bf8a-c21a-4f4c-940d-22a60d6cfca0',
      os_glance_importing_to_stores: 'ceph',
      os_glance_failed_import: 'file,cheap',
    });

    expect(image.import).toEqual({
      task: '4dd5bf8a-c21a-4f4c-940d-22a60d6cfca0',
      pending: ['ceph'],
      failed: ['file', 'cheap'],
    });
  });
});
