import { h } from './dom.js';
import { emojiText, withEmoji } from './emoji.js';
import { inline } from './mrkdwn.js';

/** True for what can be clicked, chosen or typed into. */
export function isInteractive(item) {
  return Object.hasOwn(makers, item.type);
}

/** An interactive element of a block. `id` connects it with its label in an input block. */
export function element(item, block, surface, id) {
  const make = makers[item.type];
  if (make === undefined) return h('span', {}, `(${item.type})`);
  const node = make(item, { block, id, uses: (value) => surface.act(item, value, node) });
  node.dataset.actionId = item.action_id;
  return node;
}

function button(item, { uses }) {
  const node = h(
    'button',
    {
      type: 'button',
      class: `button ${item.style ?? ''}`,
      'aria-label': item.accessibility_label,
      click: () => uses(),
    },
    withEmoji(item.text.text),
  );
  return node;
}

function options(item) {
  const option = (entry) => h('option', { value: entry.value }, emojiText(entry.text.text));
  if (item.options) return item.options.map(option);
  return item.option_groups.map((group) => h('optgroup', { label: group.label.text }, group.options.map(option)));
}

function staticSelect(item, { uses, id, block }) {
  const placeholder = h('option', { value: '' }, item.placeholder?.text ?? 'Choose…');
  const select = h(
    'select',
    { id, 'aria-label': id ? undefined : (item.placeholder?.text ?? 'Choose') },
    placeholder,
    options(item),
  );
  select.value = item.initial_option?.value ?? '';
  select.addEventListener('change', () => sends(block) && select.value !== '' && uses(select.value));
  return h('span', { class: 'select' }, select);
}

/** Inputs keep what is entered until the modal is submitted, unless their block says otherwise. */
function sends(block) {
  return block.type !== 'input' || block.dispatch_action === true;
}

function overflow(item, { uses }) {
  const menu = h('div', { class: 'entries', role: 'menu' });
  const details = h('details', { class: 'overflow' }, h('summary', { 'aria-label': 'More actions' }, '⋯'), menu);
  const choose = (option) => {
    details.open = false;
    uses(option.value);
  };
  menu.append(
    ...item.options.map((option) =>
      h(
        'button',
        { type: 'button', role: 'menuitem', 'data-value': option.value, click: () => choose(option) },
        withEmoji(option.text.text),
      ),
    ),
  );
  details.addEventListener('focusout', (event) => {
    if (!details.contains(event.relatedTarget)) details.open = false;
  });
  return details;
}

function choices(item, { uses, block }, type, initial) {
  const name = `${block.block_id}-${item.action_id}`;
  const group = h('div', {
    class: 'choices',
    role: type === 'radio' ? 'radiogroup' : 'group',
    'aria-label': block.label?.text,
  });
  const chosen = () => [...group.querySelectorAll('input:checked')].map((input) => input.value);
  const send = () => sends(block) && uses(type === 'radio' ? chosen()[0] : chosen());
  group.append(
    ...item.options.map((option) =>
      h(
        'label',
        {},
        h('input', { type, name, value: option.value, checked: initial.includes(option.value), change: send }),
        h('span', {}, label(option.text), option.description && h('small', {}, label(option.description))),
      ),
    ),
  );
  return group;
}

function label(text) {
  return text.type === 'mrkdwn' ? inline(text.text) : withEmoji(text.text);
}

function plainTextInput(item, { uses, id, block }) {
  const field = h(item.multiline ? 'textarea' : 'input', {
    id,
    class: 'field',
    placeholder: item.placeholder?.text,
    minlength: item.min_length,
    maxlength: item.max_length,
    autofocus: item.focus_on_load === true,
    rows: item.multiline ? 4 : undefined,
  });
  field.value = item.initial_value ?? '';
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || item.multiline || block.dispatch_action !== true) return;
    event.preventDefault();
    uses(field.value);
  });
  return field;
}

function numberInput(item, { uses, id, block }) {
  const field = h('input', {
    id,
    class: 'field number',
    // Not type="number": that hides what is no number, and scrolling changes it.
    inputmode: item.is_decimal_allowed ? 'decimal' : 'numeric',
    placeholder: item.placeholder?.text,
    autofocus: item.focus_on_load === true,
  });
  field.value = item.initial_value ?? '';
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || block.dispatch_action !== true) return;
    event.preventDefault();
    uses(field.value);
  });
  return field;
}

/** A day and a time of this browser's time zone; what is sent are seconds since 1970. */
function dateTimePicker(item, { uses, id, block }) {
  const field = h('input', {
    id,
    type: 'datetime-local',
    class: 'field moment',
    'aria-label': id ? undefined : 'Day and time',
    autofocus: item.focus_on_load === true,
  });
  if (item.initial_date_time !== undefined) field.value = localTime(item.initial_date_time);
  field.addEventListener('change', () => sends(block) && field.value !== '' && uses(unixTime(field.value)));
  return field;
}

function localTime(seconds) {
  const moment = new Date(seconds * 1000);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function unixTime(local) {
  return String(Math.floor(new Date(local).getTime() / 1000));
}

const makers = {
  button,
  static_select: staticSelect,
  overflow,
  radio_buttons: (item, context) => choices(item, context, 'radio', [item.initial_option?.value]),
  checkboxes: (item, context) =>
    choices(
      item,
      context,
      'checkbox',
      (item.initial_options ?? []).map(({ value }) => value),
    ),
  plain_text_input: plainTextInput,
  number_input: numberInput,
  datetimepicker: dateTimePicker,
};

/** The id that the block of an element has at this moment. */
export function blockIdOf(node) {
  return node.closest('[data-block]').dataset.block;
}

/** What is entered in a form: block id → action id → text, value or list of values. */
export function entriesOf(form) {
  const entries = {};
  for (const node of form.querySelectorAll('[data-action-id]')) {
    const value = entryOf(node);
    if (value === undefined) continue;
    const block = blockIdOf(node);
    entries[block] = { ...entries[block], [node.dataset.actionId]: value };
  }
  return entries;
}

function entryOf(node) {
  if (node.matches('.moment')) return node.value === '' ? undefined : unixTime(node.value);
  if (node.matches('.field')) return node.value;
  if (node.matches('.select')) return node.querySelector('select').value || undefined;
  if (!node.matches('.choices')) return undefined;
  const chosen = [...node.querySelectorAll('input:checked')].map((input) => input.value);
  return node.getAttribute('role') === 'radiogroup' ? chosen[0] : chosen;
}
