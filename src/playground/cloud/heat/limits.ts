import { ApiError } from '../http/api-error.ts';
import { pythonJson } from '../support/values.ts';

/** Heat's own max_template_size, which holds for the template and for each of its files. */
const largestTemplate = 512 * 1024;

/** 400 for a template or a file that is larger than Heat takes. Of an object it counts how Python writes it. */
export function checkTemplateSizes(template: unknown, files: Readonly<Record<string, string>>): void {
  const texts = [typeof template === 'string' ? template : pythonJson(template), ...Object.values(files)];
  const large = texts.find((text) => Buffer.byteLength(text) > largestTemplate);
  if (large === undefined) return;
  throw new ApiError(
    400,
    'RequestLimitExceeded',
    `Request limit exceeded: Template size (${Buffer.byteLength(large)} bytes) exceeds maximum allowed size (${largestTemplate} bytes).`,
  );
}
