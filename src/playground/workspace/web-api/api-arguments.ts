import { ApiError } from './api-error.ts';

/**
 * The arguments of a call. As a form they are all text, with JSON inside for lists and objects; as JSON they have their
 * own types. Both read the same here.
 */
export interface ApiArguments {
  /** The text of an argument, or undefined when it is absent or empty. */
  text(name: string): string | undefined;
  /** The text of an argument; without it the call fails with invalid_arguments. */
  required(name: string): string;
  /** A list or object; text that is not JSON fails with `error`. */
  json(name: string, error: string): unknown;
}

export function apiArguments(values: ReadonlyMap<string, unknown>): ApiArguments {
  function text(name: string): string | undefined {
    const value = values.get(name);
    return value === undefined || value === null || value === '' ? undefined : String(value);
  }

  function required(name: string): string {
    const value = text(name);
    if (value !== undefined) return value;
    throw new ApiError('invalid_arguments', {
      response_metadata: { messages: [`[ERROR] missing required field: ${name}`] },
    });
  }

  function json(name: string, error: string): unknown {
    const value = values.get(name);
    if (typeof value !== 'string') return value ?? undefined;
    if (value === '') return undefined;
    try {
      return JSON.parse(value);
    } catch {
      throw new ApiError(error);
    }
  }

  return { text, required, json };
}

/** Reads a request's body by its content type: form or JSON. */
export function parseArguments(contentType: string, body: string): Map<string, unknown> {
  if (contentType.startsWith('application/json')) return parseJson(body);
  return new Map<string, unknown>(new URLSearchParams(body));
}

function parseJson(body: string): Map<string, unknown> {
  try {
    const value: unknown = JSON.parse(body === '' ? '{}' : body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
  } catch {
    throw new ApiError('invalid_json');
  }
  throw new ApiError('json_not_object');
}
