import { isObject, type JsonObject } from '../blocks/checks.ts';
import type { Block } from '../state/messages.ts';

/** An interactive element with the block that it stands in. */
export interface PlacedElement {
  readonly block: Block;
  readonly element: JsonObject;
  readonly actionId: string;
}

/** What a person entered or chose: text, a number or a time (seconds since 1970) as text, the value of an option, or of several. */
export type Entry = string | readonly string[];

/** Block id → action id → entry. */
export type Entries = Readonly<Record<string, Readonly<Record<string, Entry>>>>;

/** Every interactive element of these blocks, from top to bottom. */
export function placedElements(blocks: readonly Block[]): PlacedElement[] {
  return blocks.flatMap((block) => {
    const inside = block.type === 'actions' && Array.isArray(block.elements) ? block.elements : [];
    return [...inside, block.accessory, block.element].flatMap((element) =>
      isObject(element) && typeof element.action_id === 'string'
        ? [{ block, element, actionId: element.action_id }]
        : [],
    );
  });
}

function optionsOf(element: JsonObject): JsonObject[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isObject) : [];
  return [element.options, ...groups.map((group) => group.options)].flat().filter(isObject);
}

function optionsChosen(element: JsonObject, entry: Entry | undefined): JsonObject[] {
  if (entry === undefined) return [element.initial_option, element.initial_options].flat().filter(isObject);
  const values = typeof entry === 'string' ? [entry] : entry;
  return optionsOf(element).filter((option) => values.includes(String(option.value)));
}

/** The value of an element as payloads carry it. Undefined for elements that hold none: buttons and overflow menus. */
export function elementState(element: JsonObject, entry: Entry | undefined): JsonObject | undefined {
  switch (element.type) {
    case 'plain_text_input':
    case 'number_input':
      return { type: element.type, value: textEntry(entry ?? element.initial_value) };
    case 'datetimepicker':
      return { type: element.type, selected_date_time: timeEntry(entry ?? element.initial_date_time) };
    case 'static_select':
    case 'radio_buttons':
      return { type: element.type, selected_option: optionsChosen(element, entry)[0] ?? null };
    case 'checkboxes':
      return { type: element.type, selected_options: optionsChosen(element, entry) };
    default:
      return undefined;
  }
}

function textEntry(entry: unknown): string | null {
  return typeof entry === 'string' && entry !== '' ? entry : null;
}

function timeEntry(entry: unknown): number | null {
  return /^\d{10}$/.test(String(entry)) ? Number(entry) : null;
}

/** The state of all elements: block id → action id → value. */
export function stateValues(blocks: readonly Block[], entries: Entries): Record<string, Record<string, JsonObject>> {
  const values: Record<string, Record<string, JsonObject>> = {};
  for (const { block, element, actionId } of placedElements(blocks)) {
    const state = elementState(element, entries[block.block_id]?.[actionId]);
    if (state !== undefined) values[block.block_id] = { ...values[block.block_id], [actionId]: state };
  }
  return values;
}

/**
 * The entry of `actions` in a block_actions payload.
 *
 * @returns undefined when a choice was needed and the entry names none of the options
 */
export function actionOf(
  { block, element, actionId }: PlacedElement,
  entry: Entry | undefined,
  actionTs: string,
): JsonObject | undefined {
  const common = { type: element.type, action_id: actionId, block_id: block.block_id, action_ts: actionTs };
  if (element.type === 'button') {
    const { text, value, style, url } = element;
    return {
      ...common,
      text,
      ...(value !== undefined && { value }),
      ...(style !== undefined && { style }),
      ...(url !== undefined && { url }),
    };
  }
  if (element.type === 'overflow') {
    const option = optionsChosen(element, entry)[0];
    return option === undefined ? undefined : { ...common, selected_option: option };
  }
  const state = elementState(element, entry);
  const nothing = state?.selected_option === null || state?.selected_date_time === null;
  return state === undefined || nothing ? undefined : { ...common, ...state };
}
