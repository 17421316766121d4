import { boolean, byType, type Check, list, object, oneOf, optional, required, string, webUrl } from './checks.ts';

/** Composition objects of Block Kit, with the limits of https://docs.slack.dev/reference/block-kit/composition-objects. */

export function plainText(max: number): Check {
  return object({
    type: required(oneOf('plain_text')),
    text: required(string({ max })),
    emoji: optional(boolean),
  });
}

export function mrkdwn(max: number): Check {
  return object({
    type: required(oneOf('mrkdwn')),
    text: required(string({ max })),
    verbatim: optional(boolean),
  });
}

/** Either kind of text. */
export function anyText(max: number): Check {
  return byType({ plain_text: plainText(max), mrkdwn: mrkdwn(max) });
}

/** The dialog that asks "are you sure?" before an action is sent. */
export const confirmation = object({
  title: optional(plainText(100)),
  text: required(anyText(300)),
  confirm: optional(plainText(30)),
  deny: optional(plainText(30)),
  style: optional(oneOf('primary', 'danger')),
});

function option(text: Check, extra: Parameters<typeof object>[0] = {}): Check {
  return object({
    text: required(text),
    value: required(string({ max: 75 })),
    description: optional(plainText(75)),
    ...extra,
  });
}

/** An entry of a select menu. */
export const menuOption = option(plainText(75));
/** An entry of an overflow menu, which may lead to a web page. */
export const overflowOption = option(plainText(75), { url: optional(webUrl(3000)) });
/** An entry of radio buttons or checkboxes, whose texts may be formatted. */
export const choiceOption = object({
  text: required(anyText(75)),
  value: required(string({ max: 75 })),
  description: optional(anyText(75)),
});

export const optionGroup = object({
  label: required(plainText(75)),
  options: required(list(menuOption, { max: 100 })),
});

export const slackFile = object({ id: optional(string({ max: 255 })), url: optional(webUrl(3000)) });
