import { blockTypes } from './block-types.ts';
import { byType, type Check, isObject, list, type Problem } from './checks.ts';

/** Slack refuses a message whose blocks hold more text than this, whatever the limits of the single blocks allow. */
const maximumTextOfMessage = 13_000;

const blocksOfMessage = list(byType(blockTypes), { min: 0, max: 50 });
const blocksOfView = list(byType(blockTypes), { min: 0, max: 100 });

/**
 * What Slack would object to in the blocks of a message: at most 50 of known types, each within its limits, with no
 * unknown fields and with ids that are used once.
 *
 * @param blocks the value of the `blocks` argument, parsed
 */
export function blockProblems(blocks: unknown): readonly Problem[] {
  return problemsOf(blocksOfMessage, blocks, '/blocks');
}

/** As `blockProblems`, for the up to 100 blocks of a modal or a Home tab. */
export function viewBlockProblems(blocks: unknown): readonly Problem[] {
  return problemsOf(blocksOfView, blocks, '/view/blocks');
}

function problemsOf(check: Check, blocks: unknown, pointer: string): readonly Problem[] {
  const problems = check(blocks, pointer);
  return problems.length > 0 ? problems : repeatedBlockIds(blocks, pointer);
}

function repeatedBlockIds(blocks: unknown, pointer: string): Problem[] {
  const ids = (Array.isArray(blocks) ? blocks : []).map((block) => (isObject(block) ? block.block_id : undefined));
  return ids.flatMap((id, index) =>
    id !== undefined && ids.indexOf(id) < index
      ? [{ message: `\`block_id\` \`${String(id)}\` already exists`, pointer: `${pointer}/${index}/block_id` }]
      : [],
  );
}

/** Whether the texts of all blocks together are more than a message may hold (msg_blocks_too_long). */
export function exceedsMessageText(blocks: unknown): boolean {
  return textLength(blocks) > maximumTextOfMessage;
}

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + textLength(item), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + (name === 'text' && typeof inner === 'string' ? inner.length : textLength(inner)),
    0,
  );
}

/** A problem as Slack writes it into response_metadata.messages. */
export function describeProblem({ message, pointer }: Problem): string {
  return `${message} [json-pointer:${pointer}]`;
}
