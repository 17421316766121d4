import { icon } from './dom.js';
import { glyphOf, glyphPattern } from './glyphs.js';

/** The short codes that a deployment bot is likely to use. Others stay as they are written. */
const codes = {
  '+1': '👍',
  alarm_clock: '⏰',
  anchor: '⚓',
  arrow_down: '⬇️',
  arrow_right: '➡️',
  arrow_up: '⬆️',
  arrows_counterclockwise: '🔄',
  ballot_box_with_check: '☑️',
  bell: '🔔',
  black_circle: '⚫',
  boom: '💥',
  bug: '🐛',
  bulb: '💡',
  calendar: '📅',
  chart_with_upwards_trend: '📈',
  clipboard: '📋',
  clock1: '🕐',
  closed_lock_with_key: '🔐',
  cloud: '☁️',
  computer: '💻',
  construction: '🚧',
  double_vertical_bar: '⏸️',
  eyes: '👀',
  fast_forward: '⏩',
  file_folder: '📁',
  fire: '🔥',
  floppy_disk: '💾',
  gear: '⚙️',
  globe_with_meridians: '🌐',
  hammer: '🔨',
  hammer_and_wrench: '🛠️',
  heavy_check_mark: '✔️',
  heavy_multiplication_x: '✖️',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  house: '🏠',
  information_source: 'ℹ️',
  key: '🔑',
  large_blue_circle: '🔵',
  large_green_circle: '🟢',
  large_orange_circle: '🟠',
  large_yellow_circle: '🟡',
  link: '🔗',
  lock: '🔒',
  mag: '🔍',
  memo: '📝',
  moneybag: '💰',
  no_entry: '⛔',
  no_entry_sign: '🚫',
  octagonal_sign: '🛑',
  package: '📦',
  page_facing_up: '📄',
  point_right: '👉',
  question: '❓',
  red_circle: '🔴',
  robot_face: '🤖',
  rocket: '🚀',
  rotating_light: '🚨',
  sailboat: '⛵',
  scroll: '📜',
  ship: '🚢',
  shield: '🛡️',
  sparkles: '✨',
  speech_balloon: '💬',
  stopwatch: '⏱️',
  tada: '🎉',
  thumbsup: '👍',
  unlock: '🔓',
  warning: '⚠️',
  wastebasket: '🗑️',
  wave: '👋',
  wheel_of_dharma: '☸️',
  white_check_mark: '✅',
  white_circle: '⚪',
  white_large_square: '⬜',
  wrench: '🔧',
  x: '❌',
  zap: '⚡',
};

/** The character of a short code without its colons, or undefined. */
function characterOf(code) {
  return Object.hasOwn(codes, code) ? codes[code] : undefined;
}

/** What inside a text stands for an emoji: a short code, or a character that is drawn here. */
export const emojiPattern = `:[a-z0-9_+-]+:|${glyphPattern}`;

const pattern = new RegExp(`(${emojiPattern})`, 'u');

/** One match of the pattern as a node or text. */
export function emojiNode(match) {
  const character = match.startsWith(':') ? characterOf(match.slice(1, -1)) : match;
  if (character === undefined) return match;
  const glyph = glyphOf(character);
  if (glyph === undefined) return character;
  const drawing = icon(glyph.path);
  drawing.setAttribute('class', `glyph ${glyph.look}`);
  drawing.removeAttribute('aria-hidden');
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', character);
  return drawing;
}

/** A plain text as nodes, with its emoji. */
export function withEmoji(text) {
  return text.split(pattern).map((part, index) => (index % 2 === 1 ? emojiNode(part) : part));
}

/** A plain text where only text may stand, such as an option of a menu. */
export function emojiText(text) {
  return text.replaceAll(/:([a-z0-9_+-]+):/g, (whole, code) => characterOf(code) ?? whole);
}
