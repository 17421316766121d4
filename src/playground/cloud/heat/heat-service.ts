import { STATUS_CODES } from 'node:http';
import type { ApiError } from '../http/api-error.ts';
import type { Exchange, Reply, Service } from '../http/exchange.ts';
import type { World } from '../world.ts';
import { typeNames } from './resources/types.ts';
import { actOnStack, markResource, signalResource } from './stack-actions.ts';
import {
  changeStack,
  postStack,
  previewChange,
  previewStack,
  removeStack,
  validateTemplate,
} from './stack-requests.ts';
import {
  listEvents,
  listOutputs,
  listResources,
  listStacks,
  redirectToStack,
  showEnvironment,
  showFiles,
  showOutput,
  showResource,
  showSoftwareConfig,
  showStack,
  showTemplate,
} from './stack-views.ts';

const project = '/v1/:project';
const stack = `${project}/stacks/:name/:id`;

/** Heat v1. */
export const heat: Service = {
  name: 'heat',
  prefix: '/orchestration',
  routes: [
    { method: 'GET', path: '/', open: showVersions },
    { method: 'GET', path: `${project}/stacks`, handle: listStacks },
    { method: 'POST', path: `${project}/stacks`, handle: postStack },
    { method: 'POST', path: `${project}/stacks/preview`, handle: previewStack },
    { method: 'POST', path: `${project}/validate`, handle: validateTemplate },
    {
      method: 'GET',
      path: `${project}/resource_types`,
      handle: () => ({ status: 200, body: { resource_types: typeNames() } }),
    },
    { method: 'GET', path: `${project}/software_configs/:id`, handle: showSoftwareConfig },
    ...['resources', 'events', 'template', 'outputs'].map((part) => ({
      method: 'GET',
      path: `${project}/stacks/:name/${part}`,
      handle: redirectToStack,
    })),
    { method: '*', path: `${project}/stacks/:name`, handle: redirectToStack },
    { method: 'GET', path: stack, handle: showStack },
    { method: 'PUT', path: stack, handle: changeStack },
    { method: 'PATCH', path: stack, handle: changeStack },
    { method: 'PATCH', path: `${stack}/preview`, handle: previewChange },
    { method: 'DELETE', path: stack, handle: removeStack },
    { method: 'POST', path: `${stack}/actions`, handle: actOnStack },
    { method: 'GET', path: `${stack}/resources`, handle: listResources },
    { method: 'GET', path: `${stack}/resources/:resource`, handle: showResource },
    { method: 'PATCH', path: `${stack}/resources/:resource`, handle: markResource },
    { method: 'POST', path: `${stack}/resources/:resource/signal`, handle: signalResource },
    { method: 'GET', path: `${stack}/events`, handle: listEvents },
    { method: 'GET', path: `${stack}/outputs`, handle: listOutputs },
    { method: 'GET', path: `${stack}/outputs/:output`, handle: showOutput },
    { method: 'GET', path: `${stack}/template`, handle: showTemplate },
    { method: 'GET', path: `${stack}/files`, handle: showFiles },
    { method: 'GET', path: `${stack}/environment`, handle: showEnvironment },
  ],
  refuse,
};

const explanations: Readonly<Record<number, string>> = {
  400: 'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  403: 'Access was denied to this resource.',
  404: 'The resource could not be found.',
  409: 'There was a conflict when trying to complete your request.',
  500: 'The server has either erred or is incapable of performing the requested operation.',
  503: 'The server is currently unavailable. Please try again at a later time.',
};

function refuse(error: ApiError, exchange: Exchange): Reply {
  const { status, type, message } = error;
  const title = STATUS_CODES[status] ?? 'Error';
  if (status === 401) {
    return {
      status,
      headers: { 'www-authenticate': `Keystone uri="${exchange.url.origin}/identity"` },
      body: { error: { code: 401, title, message } },
    };
  }
  return {
    status,
    body: {
      code: status,
      title,
      explanation: explanations[status] ?? title,
      error: { type, traceback: null, message },
    },
  };
}

function showVersions(world: World): Reply {
  const links = [{ rel: 'self', href: `${world.baseUrl}/orchestration/v1/` }];
  return { status: 300, body: { versions: [{ id: 'v1.0', status: 'CURRENT', links }] } };
}
