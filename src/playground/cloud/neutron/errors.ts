import { ApiError } from '../http/api-error.ts';

/** 404 with Neutron's name for it. */
export function notFound(type: string, message: string): ApiError {
  return new ApiError(404, type, message);
}

/** 409 with Neutron's name for it. */
export function conflict(type: string, message: string): ApiError {
  return new ApiError(409, type, message);
}

/** 400 with Neutron's name for it. */
export function badRequest(type: string, message: string): ApiError {
  return new ApiError(400, type, message);
}
