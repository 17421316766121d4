import { expect, it } from 'vitest';
import { errorText } from '../../src/openstack/error-text.ts';

it.each([
  ['Keystone', 401, '{"error": {"code": 401, "title": "Unauthorized", "message": "Wrong."}}', 'Wrong.'],
  [
    'Nova',
    404,
    '{"itemNotFound": {"code": 404, "message": "Flavor x could not be found."}}',
    'Flavor x could not be found.',
  ],
  [
    'Neutron',
    404,
    '{"NeutronError": {"type": "NetworkNotFound", "message": "Network x could not be found.", "detail": ""}}',
    'Network x could not be found.',
  ],
  [
    'Heat',
    404,
    '{"code": 404, "title": "Not Found", "explanation": "The resource could not be found.", "error": {"type": "EntityNotFound", "traceback": null, "message": "The Stack (x) could not be found."}}',
    'The Stack (x) could not be found.',
  ],
  ['Glance in JSON', 409, '{"message": "Not allowed<br /><br />\\n\\n\\n", "code": "409 Conflict"}', 'Not allowed'],
  ['Heat without an error', 400, '{"explanation": "The server could not comply"}', 'The server could not comply'],
  [
    'Glance',
    404,
    '<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  No image found with ID x<br /><br />\n\n </body>\n</html>',
    '404 Not Found: No image found with ID x',
  ],
  [
    'Swift',
    409,
    '<html><h1>Conflict</h1><p>There was a conflict when trying to complete your request.</p></html>',
    'Conflict: There was a conflict when trying to complete your request.',
  ],
  ['a proxy', 502, '<!DOCTYPE html><html><body>Bad &amp; gone</body></html>', 'Bad & gone'],
  ['a plain text of two lines', 500, 'one\n  two', 'one two'],
  ['nothing', 503, '', '503 Service Unavailable'],
  ['an empty object', 400, '{}', '{}'],
])('reads the answer of %s', (_service, status, body, expected) => {
  expect(errorText(status, body)).toBe(expected);
});

it('cuts what is too long to read', () => {
  expect(errorText(500, 'x'.repeat(10_000))).toHaveLength(501);
});
