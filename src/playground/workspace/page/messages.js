import { syncBlocks } from './blocks.js';
import { dateOf, relativeDay } from './dates.js';
import { h, icon } from './dom.js';
import { fileCard } from './files.js';
import { mrkdwn } from './mrkdwn.js';
import { userById } from './store.js';

/** Messages of one person that follow within this time are drawn as one group. */
const groupWithinMs = 5 * 60_000;

/** Initials on a colour that belongs to the person. */
export function paintAvatar(node, user) {
  const initials = user.realName
    .split(/\s+/)
    .map((word) => word[0])
    .join('')
    .slice(0, 2)
    .toUpperCase();
  node.textContent = initials;
  node.dataset.user = user.id;
  node.dataset.kind = user.kind;
}

/**
 * Brings a list of messages in line with what it should show. Messages that did not change are not touched.
 *
 * @param view `surfaceFor(place)` for the elements in blocks, `replies(message)` and `openThread(message)` where threads
 * can be opened, `days` to separate days, `shortcuts` of messages and `chooseShortcut(shortcut, message)`
 */
export function syncMessages(list, messages, view) {
  const wanted = rows(messages, view);
  const existing = new Map([...list.children].map((node) => [node.dataset.row, node]));
  wanted.forEach((row, index) => {
    const node = existing.get(row.key) ?? row.create();
    existing.delete(row.key);
    row.update(node);
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
  for (const node of existing.values()) node.remove();
}

function rows(messages, view) {
  let previous;
  return messages.flatMap((message) => {
    const newDay = view.days && (!previous || dayOf(previous) !== dayOf(message));
    const continued = !newDay && continues(previous, message);
    previous = message;
    return newDay ? [dayRow(message), messageRow(message, continued, view)] : [messageRow(message, continued, view)];
  });
}

function dayOf(message) {
  return dateOf(message.ts).toDateString();
}

function dayName(date) {
  const relative = relativeDay(date);
  if (relative) return relative[0].toUpperCase() + relative.slice(1);
  return date.toLocaleDateString(undefined, { weekday: 'long', month: 'long', day: 'numeric' });
}

function dayRow(message) {
  const key = `day ${dayOf(message)}`;
  return {
    key,
    create: () => h('li', { class: 'day', 'data-row': key }, h('span', {}, dayName(dateOf(message.ts)))),
    update: () => {},
  };
}

function continues(previous, message) {
  if (!previous || previous.user !== message.user || message.blocks || message.ephemeralFor) return false;
  if (previous.ephemeralFor || previous.blocks) return false;
  return dateOf(message.ts) - dateOf(previous.ts) < groupWithinMs;
}

function messageRow(message, continued, view) {
  return {
    key: message.ts,
    create: () => createMessage(message, view),
    update: (node) => updateMessage(node, message, continued, view),
  };
}

function createMessage(message, view) {
  const user = userById(message.user);
  const date = dateOf(message.ts);
  const avatar = h('span', { class: 'avatar', 'aria-hidden': 'true' });
  paintAvatar(avatar, user);
  return h(
    'li',
    {
      class: 'message',
      'data-row': message.ts,
      'data-testid': 'message',
      'data-ts': message.ts,
      'data-user': message.user,
    },
    avatar,
    h(
      'article',
      {},
      message.ephemeralFor &&
        h(
          'p',
          { class: 'private' },
          icon('M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z'),
          'Only visible to you',
        ),
      h(
        'header',
        {},
        h('strong', { class: 'author' }, user.realName),
        user.kind === 'bot' && h('span', { class: 'badge' }, 'APP'),
        h(
          'time',
          { datetime: date.toISOString(), title: date.toLocaleString() },
          date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' }),
        ),
      ),
      h('div', { class: 'blocks' }),
      h('div', { class: 'files' }, (message.files ?? []).map(fileCard)),
      h('p', { class: 'problem', role: 'alert', hidden: true }),
      !message.ephemeralFor && user.kind === 'bot' && shortcutMenu(message, view),
      view.openThread &&
        h('button', {
          type: 'button',
          class: 'replies',
          'data-testid': 'replies',
          hidden: true,
          click: () => view.openThread(message),
        }),
    ),
  );
}

/** What Slack hides behind the three dots of a message. */
function shortcutMenu(message, { shortcuts = [], chooseShortcut }) {
  return h(
    'div',
    { class: 'shortcuts' },
    shortcuts.map((shortcut) =>
      h(
        'button',
        {
          type: 'button',
          class: 'example',
          'data-shortcut': shortcut.callbackId,
          click: () => chooseShortcut(shortcut, message),
        },
        shortcut.name,
      ),
    ),
  );
}

const drawn = new WeakMap();

function updateMessage(node, message, continued, view) {
  node.classList.toggle('continued', continued);
  node.classList.toggle('ephemeral', message.ephemeralFor !== undefined);
  if (drawn.get(node) !== message) drawContent(node, message, view);
  if (view.openThread) updateReplies(node.querySelector('.replies'), view.replies(message));
}

function drawContent(node, message, view) {
  drawn.set(node, message);
  const body = node.querySelector('.blocks');
  if (message.blocks?.length) {
    if (body.dataset.plain) body.replaceChildren();
    delete body.dataset.plain;
    syncBlocks(body, message.blocks, view.surfaceFor({ channel: message.channel, ts: message.ts }));
    return;
  }
  body.dataset.plain = 'true';
  syncBlocks(body, [], {});
  body.replaceChildren(h('div', { class: 'text' }, mrkdwn(message.text)));
  if (message.edited) body.append(h('small', { class: 'edited' }, '(edited)'));
}

function updateReplies(button, replies) {
  const key = `${replies.length} ${replies.at(-1)?.ts}`;
  button.hidden = replies.length === 0;
  if (replies.length === 0 || button.dataset.key === key) return;
  button.dataset.key = key;
  const authors = [...new Set(replies.map((reply) => reply.user))].slice(0, 3);
  const time = dateOf(replies.at(-1).ts).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  button.replaceChildren(
    ...authors.map((author) => {
      const avatar = h('span', { class: 'avatar tiny', 'aria-hidden': 'true' });
      paintAvatar(avatar, userById(author));
      return avatar;
    }),
    h('span', { class: 'number' }, replies.length === 1 ? '1 reply' : `${replies.length} replies`),
    h('span', { class: 'last' }, `Last reply at ${time}`),
  );
}
