import {
  boolean,
  byType,
  isObject,
  type JsonObject,
  object,
  oneOf,
  optional,
  type Problem,
  problem,
  required,
  string,
} from './checks.ts';
import { plainText } from './composition.ts';
import { viewBlockProblems } from './validate-blocks.ts';

const common = {
  // The blocks are looked at apart, so that their pointers start at the view.
  blocks: required(() => []),
  private_metadata: optional(string({ min: 0, max: 3000 })),
  callback_id: optional(string({ min: 0, max: 255 })),
  external_id: optional(string({ min: 0, max: 255 })),
};

function submitForInputs(view: JsonObject, pointer: string): readonly Problem[] {
  const blocks = Array.isArray(view.blocks) ? view.blocks : [];
  const asks = blocks.some((block) => isObject(block) && block.type === 'input');
  return asks && view.submit === undefined ? problem('missing required field: submit', pointer) : [];
}

/** Only one element of a view may have the cursor from the start. */
function oneFocus(view: JsonObject, pointer: string): readonly Problem[] {
  const blocks = Array.isArray(view.blocks) ? view.blocks.filter(isObject) : [];
  const elements = blocks.flatMap(({ element, elements, accessory }) => [element, accessory, elements].flat());
  const focused = elements.filter((element) => isObject(element) && element.focus_on_load === true);
  return focused.length > 1 ? problem('only one element can have focus_on_load set to true', pointer) : [];
}

const modal = object(
  {
    ...common,
    type: required(oneOf('modal')),
    title: required(plainText(24)),
    submit: optional(plainText(24)),
    close: optional(plainText(24)),
    clear_on_close: optional(boolean),
    notify_on_close: optional(boolean),
    submit_disabled: optional(boolean),
  },
  submitForInputs,
  oneFocus,
);

const home = object({ ...common, type: required(oneOf('home')) });

/**
 * What Slack would object to in a modal or a Home tab.
 *
 * @param kind what the method takes: views.publish wants a home, the others a modal
 */
export function viewProblems(view: unknown, kind: 'modal' | 'home'): readonly Problem[] {
  const problems = byType(kind === 'modal' ? { modal } : { home })(view, '/view');
  return [...problems, ...(isObject(view) && view.blocks !== undefined ? viewBlockProblems(view.blocks) : [])];
}
