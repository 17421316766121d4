import {
  boolean,
  type Check,
  integer,
  isObject,
  type JsonObject,
  list,
  object,
  oneOf,
  optional,
  type Problem,
  problem,
  type Rule,
  required,
  string,
  webUrl,
} from './checks.ts';
import {
  choiceOption,
  confirmation,
  menuOption,
  optionGroup,
  overflowOption,
  plainText,
  slackFile,
} from './composition.ts';

/** Block elements, with the limits of https://docs.slack.dev/reference/block-kit/block-elements. */

const actionId = optional(string({ max: 255 }));
const focus = optional(boolean);
const placeholder = optional(plainText(150));

const button = object({
  type: required(oneOf('button')),
  text: required(plainText(75)),
  action_id: actionId,
  url: optional(webUrl(3000)),
  value: optional(string({ min: 0, max: 2000 })),
  style: optional(oneOf('primary', 'danger')),
  confirm: optional(confirmation),
  accessibility_label: optional(string({ max: 75 })),
});

/** Exactly one of two fields has to be there. */
export function exactlyOne(first: string, second: string): Rule {
  return (value, pointer) => {
    const both = value[first] !== undefined && value[second] !== undefined;
    const none = value[first] === undefined && value[second] === undefined;
    return both || none ? problem(`must provide exactly one of: ${first}, ${second}`, pointer) : [];
  };
}

function optionsOf(value: JsonObject): unknown[] {
  const groups = Array.isArray(value.option_groups) ? value.option_groups : [];
  const grouped = groups.flatMap((group) => (isObject(group) && Array.isArray(group.options) ? group.options : []));
  return [...(Array.isArray(value.options) ? value.options : []), ...grouped];
}

/** What is chosen from the start has to be among the options. */
function initialAmongOptions(value: JsonObject, pointer: string): readonly Problem[] {
  const initial = [value.initial_option, value.initial_options].flat().filter(isObject);
  const values = optionsOf(value).map((option) => (isObject(option) ? option.value : undefined));
  return initial.every((option) => values.includes(option.value))
    ? []
    : problem('initial_option must match one of the options', pointer);
}

const staticSelect = object(
  {
    type: required(oneOf('static_select')),
    action_id: actionId,
    placeholder,
    options: optional(list(menuOption, { max: 100 })),
    option_groups: optional(list(optionGroup, { max: 100 })),
    initial_option: optional(menuOption),
    confirm: optional(confirmation),
    focus_on_load: focus,
  },
  exactlyOne('options', 'option_groups'),
  initialAmongOptions,
);

const overflow = object({
  type: required(oneOf('overflow')),
  action_id: actionId,
  options: required(list(overflowOption, { max: 5 })),
  confirm: optional(confirmation),
});

const radioButtons = object(
  {
    type: required(oneOf('radio_buttons')),
    action_id: actionId,
    options: required(list(choiceOption, { max: 10 })),
    initial_option: optional(choiceOption),
    confirm: optional(confirmation),
    focus_on_load: focus,
  },
  initialAmongOptions,
);

const checkboxes = object(
  {
    type: required(oneOf('checkboxes')),
    action_id: actionId,
    options: required(list(choiceOption, { max: 10 })),
    initial_options: optional(list(choiceOption, { max: 10 })),
    confirm: optional(confirmation),
    focus_on_load: focus,
  },
  initialAmongOptions,
);

const dispatchConfig = optional(
  object({
    trigger_actions_on: optional(list(oneOf('on_enter_pressed', 'on_character_entered'), { max: 2 })),
  }),
);

const plainTextInput = object({
  type: required(oneOf('plain_text_input')),
  action_id: actionId,
  initial_value: optional(string({ min: 0, max: 3000 })),
  multiline: optional(boolean),
  min_length: optional(integer({ min: 0, max: 3000 })),
  max_length: optional(integer({ min: 1, max: 3000 })),
  placeholder,
  dispatch_action_config: dispatchConfig,
  focus_on_load: focus,
});

/** A number as Slack writes it: as text. */
const numberText: Check = (value, pointer) =>
  typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? [] : problem('must be a string of a number', pointer);

function boundsInOrder({ min_value: min, max_value: max }: JsonObject, pointer: string): readonly Problem[] {
  if (min === undefined || max === undefined || Number(min) <= Number(max)) return [];
  return problem('min_value cannot be greater than max_value', `${pointer}/min_value`);
}

function initialWithinBounds(value: JsonObject, pointer: string): readonly Problem[] {
  const { initial_value: initial, min_value: min = -Infinity, max_value: max = Infinity } = value;
  if (initial === undefined || (Number(min) <= Number(initial) && Number(initial) <= Number(max))) return [];
  return problem('initial_value must be between min_value and max_value', `${pointer}/initial_value`);
}

const numberInput = object(
  {
    type: required(oneOf('number_input')),
    is_decimal_allowed: required(boolean),
    action_id: actionId,
    initial_value: optional(numberText),
    min_value: optional(numberText),
    max_value: optional(numberText),
    placeholder,
    dispatch_action_config: dispatchConfig,
    focus_on_load: focus,
  },
  boundsInOrder,
  initialWithinBounds,
);

/** Seconds since 1970, which have ten digits. */
const unixTime = integer({ min: 1_000_000_000, max: 9_999_999_999 });

const dateTimePicker = object({
  type: required(oneOf('datetimepicker')),
  action_id: actionId,
  initial_date_time: optional(unixTime),
  confirm: optional(confirmation),
  focus_on_load: focus,
});

/** A picture beside or between texts. */
export const imageElement = object(
  {
    type: required(oneOf('image')),
    alt_text: required(string({ max: 2000 })),
    image_url: optional(webUrl(3000)),
    slack_file: optional(slackFile),
  },
  exactlyOne('image_url', 'slack_file'),
);

/** What may stand in an actions block. */
export const actionElements: Readonly<Record<string, Check>> = {
  button,
  static_select: staticSelect,
  overflow,
  radio_buttons: radioButtons,
  checkboxes,
  datetimepicker: dateTimePicker,
};

/** What may stand at the right of a section. */
export const accessories: Readonly<Record<string, Check>> = { ...actionElements, image: imageElement };

/** What may stand in an input block. */
export const inputElements: Readonly<Record<string, Check>> = {
  plain_text_input: plainTextInput,
  number_input: numberInput,
  datetimepicker: dateTimePicker,
  static_select: staticSelect,
  radio_buttons: radioButtons,
  checkboxes,
};
