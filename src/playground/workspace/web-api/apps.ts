import { tiers } from '../state/rate-limits.ts';
import { ApiError } from './api-error.ts';
import type { ApiMethod } from './api-method.ts';

/** @param openTicket answers the address of a new Socket Mode connection; undefined when there are too many */
export function appMethods(openTicket: () => string | undefined): readonly ApiMethod[] {
  return [
    {
      name: 'apps.connections.open',
      token: 'app',
      scopes: ['connections:write'],
      perMinute: tiers.tier3,
      run() {
        const url = openTicket();
        if (url === undefined) throw new ApiError('too_many_websockets');
        return { url };
      },
    },
  ];
}
