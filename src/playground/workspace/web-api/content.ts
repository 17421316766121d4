import { isObject } from '../blocks/checks.ts';
import { blockProblems, exceedsMessageText } from '../blocks/validate-blocks.ts';
import type { MessageMetadata } from '../state/messages.ts';
import type { ApiArguments } from './api-arguments.ts';
import { ApiError, problemsError } from './api-error.ts';

/** What a message says, checked. */
export interface MessageContent {
  readonly text: string;
  readonly blocks?: readonly Record<string, unknown>[];
  readonly metadata?: MessageMetadata;
}

/** chat.postMessage cuts its text here; the documentation asks for 4,000 at most. */
const truncatedAt = 40_000;

/** The content of a new message. Throws no_text, invalid_blocks, msg_blocks_too_long, invalid_metadata_schema. */
export function readContent(args: ApiArguments): MessageContent {
  const blocks = readBlocks(args);
  const text = args.text('text');
  if (text === undefined && (blocks === undefined || blocks.length === 0)) throw new ApiError('no_text');
  return { text: (text ?? '').slice(0, truncatedAt), ...(blocks && { blocks }), ...readMetadata(args) };
}

function readBlocks(args: ApiArguments): readonly Record<string, unknown>[] | undefined {
  const blocks = args.json('blocks', 'invalid_blocks_format');
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) throw new ApiError('invalid_blocks_format');

  const problems = blockProblems(blocks);
  if (problems.length > 0) throw problemsError('invalid_blocks', problems);
  if (exceedsMessageText(blocks)) throw new ApiError('msg_blocks_too_long');
  return blocks.filter(isObject);
}

function readMetadata(args: ApiArguments): { metadata?: MessageMetadata } {
  const metadata = args.json('metadata', 'invalid_metadata_format');
  if (metadata === undefined) return {};
  if (!isObject(metadata)) throw new ApiError('invalid_metadata_format');

  const { event_type, event_payload, ...unknown } = metadata;
  const sound = typeof event_type === 'string' && event_type !== '' && isObject(event_payload);
  if (!sound || Object.keys(unknown).length > 0) throw new ApiError('invalid_metadata_schema');
  return { metadata: { event_type, event_payload } };
}
