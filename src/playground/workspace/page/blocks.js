import { h, icon } from './dom.js';
import { element, isInteractive } from './elements.js';
import { withEmoji } from './emoji.js';
import { inline, mrkdwn } from './mrkdwn.js';

/** A text object as nodes. */
export function textNodes(text) {
  return text.type === 'mrkdwn' ? mrkdwn(text.text) : [h('p', { class: 'plain' }, withEmoji(text.text))];
}

const renderers = {
  header: (block) => h('h3', { class: 'block header' }, withEmoji(block.text.text)),
  divider: () => h('hr', { class: 'block divider' }),
  section,
  context: (block) => h('div', { class: 'block context' }, block.elements.map(contextElement)),
  actions: (block, surface) =>
    h(
      'div',
      { class: 'block actions' },
      block.elements.map((item) => element(item, block, surface)),
    ),
  image: imageBlock,
  input: inputBlock,
};

function section(block, surface) {
  const text = h('div', { class: 'text' }, block.text ? textNodes(block.text) : []);
  if (block.fields)
    text.append(
      h(
        'div',
        { class: 'fields' },
        block.fields.map((field) => h('div', {}, textNodes(field))),
      ),
    );
  const accessory = block.accessory && h('div', { class: 'accessory' }, accessoryNode(block, surface));
  return h('div', { class: 'block section' }, text, accessory);
}

function accessoryNode(block, surface) {
  return isInteractive(block.accessory) ? element(block.accessory, block, surface) : picture(block.accessory);
}

function contextElement(item) {
  return item.type === 'image' ? picture(item) : h('span', {}, lineNodes(item));
}

/** A text object as nodes that fit into a line. */
function lineNodes(text) {
  return text.type === 'mrkdwn'
    ? text.text.split('\n').flatMap((line, index) => (index === 0 ? inline(line) : [h('br'), ...inline(line)]))
    : [withEmoji(text.text)];
}

function picture(image) {
  return h('img', { src: image.image_url ?? image.slack_file?.url, alt: image.alt_text, loading: 'lazy' });
}

function imageBlock(block) {
  return h(
    'figure',
    { class: 'block image' },
    block.title && h('figcaption', {}, withEmoji(block.title.text)),
    picture(block),
  );
}

function inputBlock(block, surface) {
  const id = `input-${block.block_id}`;
  return h(
    'div',
    { class: 'block input' },
    h(
      'label',
      { for: id },
      withEmoji(block.label.text),
      block.optional && h('span', { class: 'optional' }, ' (optional)'),
    ),
    element(block.element, block, surface, id),
    block.hint && h('p', { class: 'note' }, withEmoji(block.hint.text)),
    h('p', { class: 'problem', role: 'alert', hidden: true }, icon('M10 2 19 18H1zM10 8v4M10 15v.5'), h('span')),
  );
}

function renderBlock(block, surface) {
  const render = renderers[block.type];
  return render === undefined ? h('p', { class: 'block' }, `(${block.type})`) : render(block, surface);
}

/** The blocks that each container shows, so that an update touches only what changed: no flicker, no lost click. */
const shown = new WeakMap();

/**
 * Brings the children of a container in line with a list of blocks.
 *
 * @param surface where the blocks stand: `act(element, value, node)` is called when somebody uses an element
 */
export function syncBlocks(container, blocks, surface) {
  const before = shown.get(container) ?? [];
  // Slack gives blocks without an id a new one at every update, which changes nothing that can be seen.
  // What is typed belongs to the block of that id, so an input with another id is another input.
  const after = blocks.map((block) => JSON.stringify(block.type === 'input' ? block : { ...block, block_id: '' }));
  blocks.forEach((block, index) => {
    if (before[index] !== after[index]) replaceAt(container, index, renderBlock(block, surface));
    container.children[index].dataset.block = block.block_id;
  });
  while (container.children.length > blocks.length) container.lastElementChild.remove();
  shown.set(container, after);
}

function replaceAt(container, index, node) {
  const existing = container.children[index];
  if (existing === undefined) container.append(node);
  else existing.replaceWith(node);
}
