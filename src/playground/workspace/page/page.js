import { syncBlocks } from './blocks.js';
import { setUpComposer } from './composer.js';
import { confirmed, syncModal } from './dialogs.js';
import { byId, h } from './dom.js';
import { blockIdOf } from './elements.js';
import { paintAvatar, syncMessages } from './messages.js';
import { drawPlaces, findPlace, markRead } from './places.js';
import { act, explain, follow, loadState } from './server.js';
import {
  channelMessages,
  groupsOf,
  messageAt,
  people,
  repliesOf,
  store,
  takeMessage,
  takeSnapshot,
  userById,
} from './store.js';

/** Where the person is. Kept in the address, so that two windows can be two people. */
const here = { person: '', place: '', thread: undefined };

function remember() {
  const address = new URL(location.href);
  address.search = new URLSearchParams({
    as: here.person,
    in: here.place,
    ...(here.thread && { thread: here.thread }),
  }).toString();
  history.replaceState(null, '', address);
}

function recallPlace() {
  const asked = new URLSearchParams(location.search);
  const known = people().map((person) => person.id);
  here.person = known.includes(asked.get('as')) ? asked.get('as') : known[0];
  here.place = findPlace(here.person, asked.get('in')).id;
  here.thread = asked.get('thread') ?? undefined;
}

/** What happens when somebody uses an element of a message or view: ask if it wants that, tell the app, show trouble. */
function surfaceFor(place) {
  return {
    async act(item, value, node) {
      if (item.confirm && !(await confirmed(item.confirm))) return;
      if (item.url) window.open(item.url, '_blank', 'noopener,noreferrer');
      const owner = node.closest('.message, .modal, .home');
      node.setAttribute('aria-busy', 'true');
      const result = await act('click', {
        as: here.person,
        ...place,
        action_id: item.action_id,
        block_id: blockIdOf(node),
        value,
      });
      node.removeAttribute('aria-busy');
      tell(owner?.querySelector('.problem:not(.input .problem)'), result.ok ? '' : explain(result.error));
    },
  };
}

function tell(node, text) {
  if (!node) return;
  node.textContent = text;
  node.hidden = text === '';
}

function place() {
  return findPlace(here.person, here.place);
}

function draw() {
  const current = place();
  drawBar(current);
  if (current.kind === 'home') drawHome();
  else drawChannel(current);
  drawThread();
  markRead(current, here.person);
  drawPlaces(byId('places'), here.person, current, go);
  syncModal(here.person, surfaceFor);
}

function drawBar(current) {
  byId('place-name').textContent =
    current.kind === 'home' ? current.name : `${current.sign}${current.sign === '#' ? '' : ' '}${current.name}`;
  byId('place-topic').textContent = current.topic;
  byId('composer-form').hidden = current.kind === 'home';
  byId('composer').placeholder = `Message ${current.sign}${current.name}`;
  byId('composer').setAttribute('aria-label', `Message ${current.name}`);
  document.title = `${current.sign}${current.name} · Slipway playground`;
  const { connected, outage } = store.condition;
  const condition = outage ? 'outage' : connected ? 'connected' : 'waiting';
  byId('condition').dataset.condition = condition;
  byId('condition').textContent = {
    outage: 'Outage of Slack’s API',
    connected: 'Slipway is connected',
    waiting: 'No app is connected',
  }[condition];
}

function drawChannel(current) {
  const messages = channelMessages(current.id, here.person);
  keepBottom(byId('scroller'), () => {
    drawIntro(current, messages.length === 0);
    syncMessages(byId('messages'), messages, {
      days: true,
      surfaceFor,
      replies: (message) => repliesOf(message.channel, message.ts, here.person),
      openThread: (message) => openThread(message.ts),
      shortcuts: shortcutsFor('message'),
      chooseShortcut,
    });
  });
}

function drawIntro(current, empty) {
  const intro = byId('intro');
  const key = `${current.id} ${empty}`;
  if (intro.dataset.key === key) return;
  intro.dataset.key = key;
  intro.className = empty ? 'intro empty' : 'intro';
  intro.replaceChildren(
    h('h3', {}, `This is the beginning of ${current.sign}${current.sign === '#' ? '' : ' '}${current.name}`),
    h('p', {}, 'Type a command below. Switch who is speaking to approve what somebody else asked for.'),
    h(
      'p',
      { class: 'examples' },
      examples().map((text) => h('button', { type: 'button', class: 'example', click: () => suggest(text) }, text)),
    ),
  );
}

function examples() {
  return store.commands.flatMap((command) => [`${command} help`, `${command} list`]);
}

function suggest(text) {
  composer.fill(text);
  byId('composer').focus();
}

function drawHome() {
  const view = store.homes[here.person];
  const intro = byId('intro');
  intro.dataset.key = 'home';
  intro.className = 'intro';
  byId('messages').replaceChildren();
  if (!intro.querySelector('.home'))
    intro.replaceChildren(
      h(
        'div',
        { class: 'home' },
        h('div', { class: 'blocks' }),
        h('p', { class: 'problem', role: 'alert', hidden: true }),
      ),
    );
  const blocks = view?.blocks ?? [
    {
      type: 'context',
      block_id: 'none',
      elements: [{ type: 'plain_text', text: 'The app has published no Home tab yet.' }],
    },
  ];
  syncBlocks(intro.querySelector('.blocks'), blocks, surfaceFor({ view_id: view?.id }));
}

function drawThread() {
  const parent = here.thread && messageAt(place().id, here.thread);
  byId('thread').hidden = !parent;
  byId('app').classList.toggle('threaded', Boolean(parent));
  if (!parent) return;
  const replies = repliesOf(parent.channel, parent.ts, here.person);
  byId('thread-place').textContent = `${place().sign}${place().name}`;
  byId('thread-count').textContent = replies.length === 1 ? '1 reply' : `${replies.length} replies`;
  keepBottom(byId('thread-scroller'), () => {
    const view = { surfaceFor, shortcuts: shortcutsFor('message'), chooseShortcut };
    syncMessages(byId('thread-parent'), [parent], view);
    syncMessages(byId('thread-replies'), replies, view);
  });
}

/** Draws, and stays at the newest message if the person was there. Otherwise says that there is something new. */
function keepBottom(scroller, drawing) {
  const before = scroller.scrollHeight;
  const atBottom = before - scroller.scrollTop - scroller.clientHeight < 60;
  drawing();
  if (atBottom) scroller.scrollTop = scroller.scrollHeight;
  if (scroller.id === 'scroller') byId('newer').hidden = atBottom || scroller.scrollHeight <= before;
}

async function go(id) {
  here.place = id;
  here.thread = undefined;
  byId('messages').replaceChildren();
  setMenu(false);
  remember();
  draw();
  byId('scroller').scrollTop = byId('scroller').scrollHeight;
  byId('newer').hidden = true;
  if (place().kind === 'home') await act('home', { as: here.person });
}

function openThread(ts) {
  here.thread = ts;
  byId('thread-replies').replaceChildren();
  tell(byId('thread-hint'), '');
  remember();
  draw();
  byId('thread-scroller').scrollTop = byId('thread-scroller').scrollHeight;
  byId('thread-composer').focus({ preventScroll: true });
}

function closeThread() {
  const opener = byId('messages').querySelector(`[data-ts="${here.thread}"] .replies`);
  here.thread = undefined;
  remember();
  draw();
  opener?.focus();
}

function speakAs(person) {
  here.person = person;
  here.place = place().id;
  byId('speaker').value = person;
  paintAvatar(byId('speaker-avatar'), userById(person));
  byId('speaker-groups').textContent =
    groupsOf(person)
      .map((group) => `@${group.handle}`)
      .join(' ') || 'in no group';
  remember();
  draw();
}

async function send(text) {
  const message = { as: here.person, channel: place().id, text };
  const result = await act(text.startsWith('/') ? 'command' : 'say', message);
  if (result.error === 'workspace_unreachable') byId('composer-hint').textContent = explain(result.error);
}

async function reply(text) {
  // Slack runs commands in channels only.
  const command = text.startsWith('/');
  tell(byId('thread-hint'), command ? 'Slack does not run commands in threads. Type it into the channel.' : '');
  if (!command) await act('say', { as: here.person, channel: place().id, thread_ts: here.thread, text });
}

/** The shortcuts of the app that are for messages, or those that are for anywhere. */
function shortcutsFor(type) {
  return store.shortcuts.filter((shortcut) => shortcut.type === type);
}

async function chooseShortcut({ callbackId }, message) {
  const place = message && { channel: message.channel, ts: message.ts };
  const result = await act('shortcut', { as: here.person, callback_id: callbackId, ...place });
  tell(byId('shortcut-problem'), result.ok ? '' : explain(result.error));
}

function setMenu(open) {
  byId('app').classList.toggle('menu-open', open);
  byId('menu').setAttribute('aria-expanded', String(open));
}

async function load() {
  takeSnapshot(await loadState());
  byId('app').dataset.state = 'ready';
  if (here.person === '') recallPlace();
  byId('speaker').replaceChildren(...people().map((person) => h('option', { value: person.id }, person.realName)));
  byId('composer-hint').replaceChildren(
    h('span', {}, h('kbd', {}, 'Enter'), ' sends'),
    h('span', {}, h('kbd', {}, '↑'), ' recalls'),
    ...store.commands.map((command) =>
      h('button', { type: 'button', class: 'example', click: () => suggest(`${command} help`) }, `${command} help`),
    ),
    ...shortcutsFor('global').map((shortcut) =>
      h(
        'button',
        {
          type: 'button',
          class: 'example',
          'data-shortcut': shortcut.callbackId,
          click: () => chooseShortcut(shortcut),
        },
        `⚡ ${shortcut.name}`,
      ),
    ),
    h('span', { class: 'problem', id: 'shortcut-problem', role: 'alert', hidden: true }),
  );
  speakAs(here.person);
}

const composer = setUpComposer(byId('composer-form'), byId('composer'), send);
setUpComposer(byId('thread-form'), byId('thread-composer'), reply);
byId('speaker').addEventListener('change', (event) => speakAs(event.target.value));
byId('thread-close').addEventListener('click', closeThread);
byId('menu').addEventListener('click', () => setMenu(!byId('app').classList.contains('menu-open')));
byId('scrim').addEventListener('click', () => setMenu(false));
byId('newer').addEventListener('click', () => {
  byId('scroller').scrollTop = byId('scroller').scrollHeight;
});
byId('scroller').addEventListener('scroll', (event) => {
  const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
  if (scrollHeight - scrollTop - clientHeight < 60) byId('newer').hidden = true;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || document.querySelector('dialog[open]')) return;
  if (byId('app').classList.contains('menu-open')) setMenu(false);
  else if (here.thread) closeThread();
});

follow({
  opened: load,
  lost: () => {
    byId('app').dataset.state = 'lost';
    byId('condition').dataset.condition = 'outage';
    byId('condition').textContent = 'The playground is not running';
  },
  message: (change) => {
    takeMessage(change);
    draw();
  },
  views: ({ user, modals, home }) => {
    store.modals[user] = modals;
    store.homes[user] = home;
    draw();
  },
  condition: (condition) => {
    store.condition = condition;
    draw();
  },
});
