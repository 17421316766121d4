import { ConfigError } from '../../errors.ts';
import { isMap, isNestedTemplate, parseHeatYaml } from './heat-yaml.ts';
import { leastUserData } from './user-data.ts';

/** The parts of a request about a stack that have limits; more may be in it, and counts for the whole. */
export interface LimitedRequest {
  stack_name?: string | undefined;
  template?: object | string | undefined;
  files?: Readonly<Record<string, string>> | undefined;
  /** As Heat wants them: one text with commas. */
  tags?: string | undefined;
}

/** Heat's own defaults: max_template_size, which holds for the template and for each file, and max_json_body_size. */
const largestTemplate = 512 * 1024;
const largestBody = 1024 * 1024;

/** Nova takes 65,535 characters of base64, which are 16,383 groups of three bytes. */
const largestUserData = 16_383 * 3;

const longestTag = 80;

/**
 * Checks a request against what Heat and Nova would refuse it for, before it is sent. For templates and bodies Heat
 * answers with a number and no name; user data that is too large is found out only when the server is made, and the
 * stack that failed so cannot even be deleted while Heat's engine lives.
 *
 * @param doing what is being done, as the start of the error's sentence.
 * @throws ConfigError that names every part which is too large, and by how much.
 */
export function assertWithinLimits(doing: string, request: LimitedRequest): void {
  const sizes = sizeProblems(request);
  const problems = [...nameProblems(request), ...sizes];
  if (problems.length === 0) return;
  throw new ConfigError(`${doing}: ${problems.join('; ')}`, problems, {
    ...(sizes.length > 0 && { hint: 'Move what is large into an object in Swift, and let the server fetch it' }),
  });
}

function nameProblems({ stack_name: name, tags }: LimitedRequest): string[] {
  const problems: string[] = [];
  if (name !== undefined && !/^[a-zA-Z][a-zA-Z0-9_.-]{0,254}$/.test(name)) {
    problems.push(
      `the name ${name.slice(0, 80)} has to begin with a letter and may go on with letters, digits, _ . and -, 255 in all`,
    );
  }
  const long = (tags ?? '').split(',').filter((tag) => tag.length > longestTag);
  problems.push(
    ...long.map((tag) => `the tag ${tag} has ${tag.length} characters, ${tag.length - longestTag} too many`),
  );
  return problems;
}

function sizeProblems(request: LimitedRequest): string[] {
  const { template, files = {} } = request;
  return [
    ...(template === undefined ? [] : oversize('the template', templateSize(template), largestTemplate, 'Heat')),
    ...Object.entries(files).flatMap(([name, text]) =>
      oversize(name, Buffer.byteLength(text), largestTemplate, 'Heat'),
    ),
    ...oversize('the whole request', Buffer.byteLength(JSON.stringify(request)), largestBody, 'Heat'),
    ...userDataProblems(request),
  ];
}

function oversize(part: string, size: number, limit: number, service: string): string[] {
  return size <= limit ? [] : [`${part} has ${size} bytes, ${size - limit} more than ${service} accepts`];
}

/** Heat counts the text; of an object Python's way to write it, which puts a blank after each colon and comma. */
function templateSize(template: object | string): number {
  return typeof template === 'string'
    ? Buffer.byteLength(template)
    : Buffer.byteLength(JSON.stringify(template)) + separators(template);
}

function separators(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items: unknown[] = Object.values(value);
  const own = Math.max(0, items.length - 1) + (Array.isArray(value) ? 0 : items.length);
  return items.reduce<number>((count, item) => count + separators(item), own);
}

function userDataProblems({ template, files = {} }: LimitedRequest): string[] {
  const nested = Object.entries(files).filter(([name]) => isNestedTemplate(name));
  const templates = [...(template === undefined ? [] : [['the template', template] as const]), ...nested];
  return templates.flatMap(([name, content]) => {
    const parsed = parsedTemplate(content);
    if (parsed === undefined) return [];
    return [...leastUserData({ template: parsed, files })].flatMap(([server, size]) =>
      oversize(`the user data of ${server} in ${name}`, size, largestUserData, 'Nova'),
    );
  });
}

/** A text that is no template is Heat's to complain about. */
function parsedTemplate(content: object | string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed = typeof content === 'string' ? parseHeatYaml(content) : content;
    return isMap(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
