import {
  boolean,
  byType,
  type Check,
  isObject,
  type JsonObject,
  list,
  object,
  oneOf,
  optional,
  type Problem,
  problem,
  required,
  string,
  webUrl,
} from './checks.ts';
import { anyText, mrkdwn, plainText, slackFile } from './composition.ts';
import { accessories, actionElements, exactlyOne, imageElement, inputElements } from './elements.ts';

/** Layout blocks, with the limits of https://docs.slack.dev/reference/block-kit/blocks. */

const blockId = optional(string({ max: 255 }));

const header = object({ type: required(oneOf('header')), block_id: blockId, text: required(plainText(150)) });

function textOrFields(value: JsonObject, pointer: string): readonly Problem[] {
  return value.text === undefined && value.fields === undefined ? problem('missing required field: text', pointer) : [];
}

const section = object(
  {
    type: required(oneOf('section')),
    block_id: blockId,
    text: optional(anyText(3000)),
    fields: optional(list(anyText(2000), { max: 10 })),
    accessory: optional(byType(accessories)),
    expand: optional(boolean),
  },
  textOrFields,
);

const context = object({
  type: required(oneOf('context')),
  block_id: blockId,
  elements: required(
    list(byType({ plain_text: plainText(3000), mrkdwn: mrkdwn(3000), image: imageElement }), { max: 10 }),
  ),
});

/** Within a block, an action_id tells the elements apart. */
function uniqueActionIds(value: JsonObject, pointer: string): readonly Problem[] {
  const elements = Array.isArray(value.elements) ? value.elements : [];
  const ids = elements.map((element) => (isObject(element) ? element.action_id : undefined));
  return ids.flatMap((id, index) =>
    id !== undefined && ids.indexOf(id) < index
      ? problem(`\`action_id\` \`${String(id)}\` already exists`, `${pointer}/elements/${index}/action_id`)
      : [],
  );
}

const actions = object(
  {
    type: required(oneOf('actions')),
    block_id: blockId,
    elements: required(list(byType(actionElements), { max: 25 })),
  },
  uniqueActionIds,
);

const divider = object({ type: required(oneOf('divider')), block_id: blockId });

const image = object(
  {
    type: required(oneOf('image')),
    block_id: blockId,
    alt_text: required(string({ max: 2000 })),
    title: optional(plainText(2000)),
    image_url: optional(webUrl(3000)),
    slack_file: optional(slackFile),
  },
  exactlyOne('image_url', 'slack_file'),
);

const input = object({
  type: required(oneOf('input')),
  block_id: blockId,
  label: required(plainText(2000)),
  element: required(byType(inputElements)),
  hint: optional(plainText(2000)),
  optional: optional(boolean),
  dispatch_action: optional(boolean),
});

/** The blocks that this workspace knows: the classic ones, which every Slack client draws. */
export const blockTypes: Readonly<Record<string, Check>> = { header, section, context, actions, divider, image, input };
