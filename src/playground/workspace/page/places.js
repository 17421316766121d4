import { h } from './dom.js';
import { channelMessages, repliesOf, store } from './store.js';

/** The ts up to which each person has read each place. */
const read = new Map();

/** The places that a person sees in the sidebar: channels, their direct message with the bot, and its Home tab. */
function placesOf(person) {
  const member = (channel) => channel.members.includes(person);
  const channels = store.channels.filter((channel) => channel.kind === 'public' && member(channel));
  const direct = store.channels.filter((channel) => channel.kind === 'im' && member(channel));
  return [
    {
      title: 'Channels',
      places: channels.map((channel) => ({
        id: channel.id,
        kind: 'channel',
        sign: '#',
        name: channel.name,
        topic: channel.topic,
      })),
    },
    {
      title: 'Direct messages',
      places: direct.map((channel) => ({
        id: channel.id,
        kind: 'channel',
        sign: '@',
        name: store.app.name,
        topic: 'Only you and the bot',
      })),
    },
    {
      title: 'Apps',
      places: [
        { id: 'home', kind: 'home', sign: '⌂', name: `${store.app.name} Home`, topic: 'The Home tab of the app' },
      ],
    },
  ].filter((group) => group.places.length > 0);
}

export function findPlace(person, id) {
  const all = placesOf(person).flatMap((group) => group.places);
  return all.find((place) => place.id === id) ?? all[0];
}

function newestTs(channel, person) {
  const messages = channelMessages(channel, person);
  const threads = messages.flatMap((message) => repliesOf(channel, message.ts, person));
  return [...messages, ...threads].reduce((newest, { ts }) => Math.max(newest, Number(ts)), 0);
}

export function markRead(place, person) {
  if (place.kind === 'channel') read.set(`${person} ${place.id}`, newestTs(place.id, person));
}

function isUnread(place, person) {
  return place.kind === 'channel' && newestTs(place.id, person) > (read.get(`${person} ${place.id}`) ?? 0);
}

/** Draws the sidebar's list. */
export function drawPlaces(nav, person, current, go) {
  nav.replaceChildren(
    ...placesOf(person).flatMap(({ title, places }) => [
      h('h3', {}, title),
      h(
        'ul',
        {},
        places.map((place) =>
          h(
            'li',
            {},
            h(
              'button',
              {
                type: 'button',
                'data-place': place.id,
                'aria-current': place.id === current.id ? 'page' : undefined,
                class: isUnread(place, person) ? 'unread' : '',
                click: () => go(place.id),
              },
              h('span', { class: 'sign', 'aria-hidden': 'true' }, place.sign),
              h('span', {}, place.name),
              isUnread(place, person) && h('span', { class: 'dot', role: 'img', 'aria-label': 'unread' }),
            ),
          ),
        ),
      ),
    ]),
  );
}
