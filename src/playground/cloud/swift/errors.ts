import { ApiError } from '../http/api-error.ts';
import type { Reply } from '../http/exchange.ts';

/** Title and text of Swift's error pages. */
const pages: Readonly<Record<number, readonly [string, string]>> = {
  400: [
    'Bad Request',
    'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  ],
  401: ['Unauthorized', 'This server could not verify that you are authorized to access the document you requested.'],
  403: ['Forbidden', 'Access was denied to this resource.'],
  404: ['Not Found', 'The resource could not be found.'],
  405: ['Method Not Allowed', 'The method is not allowed for this resource.'],
  409: ['Conflict', 'There was a conflict when trying to complete your request.'],
  412: ['Precondition Failed', 'A precondition for this request was not met.'],
  413: ['Request Entity Too Large', 'The body of your request was too large for this server.'],
  416: ['Requested Range Not Satisfiable', 'The Range requested is not available.'],
  422: ['Unprocessable Entity', 'Unable to process the contained instructions'],
  499: ['Client Disconnect', 'The client was disconnected during request.'],
  503: ['Service Unavailable', 'The server is currently unavailable. Please try again at a later time.'],
};

/** An answer other than success that is said with Swift's usual page. */
export function swiftError(status: number, headers: Record<string, string> = {}): ApiError {
  return new ApiError(status, 'swift', '', headers);
}

/** An answer other than success with a sentence of its own. */
export function swiftMessage(status: number, message: string, headers: Record<string, string> = {}): ApiError {
  return new ApiError(status, 'swift-text', message, headers);
}

/** Puts an error on the wire as Swift does: a little page, or a plain sentence. */
export function swiftRefusal(error: ApiError): Reply {
  const [title, text] = pages[error.status] ?? ['Internal Error', 'The server was unable to complete your request.'];
  const body = error.type === 'swift-text' ? error.message : `<html><h1>${title}</h1><p>${text}</p></html>`;
  return { status: error.status, headers: { 'content-type': 'text/html; charset=UTF-8', ...error.headers }, body };
}
