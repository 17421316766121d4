import { ApiError } from '../http/api-error.ts';

/** 400: the template, a parameter or a property is not right. */
export function invalid(message: string, type = 'StackValidationFailed'): ApiError {
  return new ApiError(400, type, message);
}

/** 400: the request itself is not right. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, 'HTTPBadRequest', message);
}

/** 404 with Heat's name for what is missing. */
export function missing(kind: string, name: string): ApiError {
  return new ApiError(404, 'EntityNotFound', `The ${kind} (${name}) could not be found.`);
}

/** Why a resource failed, in the one line that its event, its stack and the stacks above repeat. */
export class ResourceFailed extends Error {}

/** `Error: path: message`, without what is empty. */
export function failureLine(error: string, path: string, message: string): string {
  return [error, path, message].filter((part) => part !== '').join(': ');
}
