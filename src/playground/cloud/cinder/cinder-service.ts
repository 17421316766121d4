import { ApiError } from '../http/api-error.ts';
import type { Exchange, Reply, Route, Service } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import { htmlPage } from '../support/html.ts';

/** What every project may have of volumes. There are none here, so that nothing of it is ever used. */
const limits = {
  maxTotalVolumes: 10,
  maxTotalVolumeGigabytes: 1000,
  maxTotalSnapshots: 10,
  maxTotalBackups: 10,
  maxTotalBackupGigabytes: 1000,
  totalVolumesUsed: 0,
  totalGigabytesUsed: 0,
  totalSnapshotsUsed: 0,
  totalBackupsUsed: 0,
  totalBackupGigabytesUsed: 0,
};

const zones = [{ zoneName: 'nova', zoneState: { available: true } }];

/** As much of Cinder v3 as tells how many volumes a project may have, and where. */
export const cinder: Service = {
  name: 'cinder',
  prefix: '/volume',
  routes: [
    inProject('/limits', () => ({ limits: { rate: [], absolute: limits } })),
    inProject('/os-availability-zone', () => ({ availabilityZoneInfo: zones })),
  ],
  refuse,
};

/** GET of something below the project, which has to be the token's. */
function inProject(path: string, show: () => object): Route {
  return {
    method: 'GET',
    path: `/v3/:project${path}`,
    handle: (_, { params }: Exchange, caller: Caller): Reply => {
      if (params.project !== caller.projectId) throw new ApiError(400, 'badRequest', 'Malformed request url');
      return { status: 200, body: show() };
    },
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
