import { ApiError } from '../http/api-error.ts';
import type { Exchange, Handler, Reply, Route, Service } from '../http/exchange.ts';
import { htmlPage } from '../support/html.ts';
import type { World } from '../world.ts';
import { create, list, remove } from './volume-routes.ts';
import { limits, usage } from './volumes.ts';

const zones = [{ zoneName: 'nova', zoneState: { available: true } }];

/** As much of Cinder v3 as tells how many volumes a project may have, where, and which it has. */
export const cinder: Service = {
  name: 'cinder',
  prefix: '/volume',
  routes: [
    inProject('GET', '/limits', (world, _, { projectId }) => ({
      status: 200,
      body: { limits: { rate: [], absolute: absoluteLimits(world, projectId) } },
    })),
    inProject('GET', '/os-availability-zone', () => ({ status: 200, body: { availabilityZoneInfo: zones } })),
    inProject('POST', '/volumes', create),
    inProject('GET', '/volumes/detail', list),
    inProject('DELETE', '/volumes/:id', remove),
  ],
  refuse,
};

/** Something below the project, which has to be the token's. */
function inProject(method: string, path: string, handle: Handler): Route {
  return {
    method,
    path: `/v3/:project${path}`,
    handle: (world, exchange, caller) => {
      if (exchange.params.project !== caller.projectId) throw new ApiError(400, 'badRequest', 'Malformed request url');
      return handle(world, exchange, caller);
    },
  };
}

function absoluteLimits({ cinder: state }: World, projectId: string): Record<string, number> {
  const { count, gibibytes } = usage(state, projectId);
  return {
    ...limits,
    totalVolumesUsed: count,
    totalGigabytesUsed: gibibytes,
    totalSnapshotsUsed: 0,
    totalBackupsUsed: 0,
    totalBackupGigabytesUsed: 0,
  };
}

function refuse(error: ApiError, exchange: Exchange): Reply {
  if (error.status === 401) {
    return {
      status: 401,
      headers: { 'www-authenticate': `Keystone uri="${exchange.url.origin}/identity"` },
      body: { error: { code: 401, title: 'Unauthorized', message: error.message } },
    };
  }
  if (error.status === 404) return htmlPage(404, error.message);
  return { status: error.status, body: { [error.type]: { code: error.status, message: error.message } } };
}
