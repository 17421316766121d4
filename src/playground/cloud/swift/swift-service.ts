import type { Reply, Service } from '../http/exchange.ts';
import type { World } from '../world.ts';
import {
  changeAccount,
  changeContainer,
  createContainer,
  removeContainer,
  showAccount,
  showContainer,
} from './accounts-and-containers.ts';
import { swiftRefusal } from './errors.ts';
import { listingLimit } from './listing.ts';
import { slo } from './manifests.ts';
import { changeObject, readObject, removeObject, writeObject } from './objects.ts';
import { digests, swiftPrefix } from './temp-url.ts';

const account = '/v1/:account';
const container = `${account}/:container`;
const object = `${container}/*object`;

/** Swift: accounts, containers, objects, signed URLs. Its routes are open because a signature can stand for a token. */
export const swift: Service = {
  name: 'swift',
  prefix: swiftPrefix,
  routes: [
    { method: 'GET', path: '/info', open: showInfo },
    { method: 'GET', path: object, open: readObject },
    { method: 'PUT', path: object, open: writeObject },
    { method: 'POST', path: object, open: changeObject },
    { method: 'DELETE', path: object, open: removeObject },
    { method: 'GET', path: container, open: showContainer },
    { method: 'PUT', path: container, open: createContainer },
    { method: 'POST', path: container, open: changeContainer },
    { method: 'DELETE', path: container, open: removeContainer },
    { method: 'GET', path: account, open: showAccount },
    { method: 'POST', path: account, open: changeAccount },
  ],
  refuse: swiftRefusal,
  headers: ({ requestId }) => ({ 'x-trans-id': requestId.replace('req-', 'tx') }),
};

function showInfo({ swift: { largestObject } }: World): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: {
      swift: {
        version: '2.30.1',
        policies: [{ name: 'Policy-0', aliases: 'Policy-0', default: true }],
        account_autocreate: true,
        max_file_size: largestObject,
        max_meta_name_length: 128,
        max_meta_value_length: 256,
        max_meta_count: 90,
        max_meta_overall_size: 4096,
        max_header_size: 8192,
        max_object_name_length: 1024,
        max_container_name_length: 256,
        container_listing_limit: listingLimit,
        account_listing_limit: listingLimit,
      },
      slo,
      tempurl: {
        methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
        incoming_remove_headers: ['x-timestamp'],
        incoming_allow_headers: [],
        outgoing_remove_headers: ['x-object-meta-*'],
        outgoing_allow_headers: ['x-object-meta-public-*'],
        allowed_digests: digests,
        deprecated_digests: ['sha1'],
      },
    },
  };
}
