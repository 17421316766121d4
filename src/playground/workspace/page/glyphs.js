/**
 * Signs of status, drawn here so that they look alike everywhere, also on machines without an emoji font.
 * Each has the colour class, and the outline in a square of 20.
 */
const disc = 'M10 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16z';

const glyphs = {
  '✅': { look: 'good filled', path: `${disc}M6.3 10.3l2.5 2.5 5-5.4` },
  '✔': { look: 'good', path: 'M4 10.5l4 4 8-9' },
  '☑': { look: 'good', path: 'M3.5 3.5h13v13h-13zM6.5 10l2.6 2.6 4.6-5.2' },
  '❌': { look: 'bad filled', path: `${disc}M7 7l6 6M13 7l-6 6` },
  '✖': { look: 'bad', path: 'M5 5l10 10M15 5L5 15' },
  '⛔': { look: 'bad filled', path: `${disc}M6 10h8` },
  '🚫': { look: 'bad', path: `${disc}M4.5 4.5l11 11` },
  '🛑': { look: 'bad filled', path: 'M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7zM6.5 10h7' },
  '⚠': { look: 'warn', path: 'M10 2.5 18.5 17.5h-17zM10 8v4.5M10 14.6v.4' },
  '🔄': { look: 'busy', path: 'M16.5 8A7 7 0 0 0 4 6.5M4 3v3.5h3.5M3.5 12A7 7 0 0 0 16 13.5M16 17v-3.5h-3.5' },
  '⏳': {
    look: 'busy',
    path: 'M5 2.5h10M5 17.5h10M6 2.5c0 4 4 4.5 4 7.5s-4 3.5-4 7.5M14 2.5c0 4-4 4.5-4 7.5s4 3.5 4 7.5',
  },
  '⌛': {
    look: 'busy',
    path: 'M5 2.5h10M5 17.5h10M6 2.5c0 4 4 4.5 4 7.5s-4 3.5-4 7.5M14 2.5c0 4-4 4.5-4 7.5s4 3.5 4 7.5',
  },
  '⏱': { look: 'busy', path: 'M10 4.5a6.7 6.7 0 1 0 0 13.4 6.7 6.7 0 0 0 0-13.4zM8 2h4M10 8v3.3l2 1.5' },
  '⏰': {
    look: 'busy',
    path: 'M10 4.5a6.7 6.7 0 1 0 0 13.4 6.7 6.7 0 0 0 0-13.4zM2.5 5 5 2.5M17.5 5 15 2.5M10 8v3.3l2 1.5',
  },
  '⏸': { look: 'idle', path: 'M7 4v12M13 4v12' },
  '⚪': { look: 'idle', path: disc },
  '⬜': { look: 'idle', path: 'M3.5 3.5h13v13h-13z' },
  '⚫': { look: 'idle solid', path: disc },
  '🟢': { look: 'good solid', path: disc },
  '🔴': { look: 'bad solid', path: disc },
  '🟡': { look: 'warn solid', path: disc },
  '🟠': { look: 'warn solid', path: disc },
  '🔵': { look: 'busy solid', path: disc },
  ℹ: { look: 'busy', path: `${disc}M10 9v5M10 6v.3` },
  '🔒': { look: 'idle', path: 'M4.5 9h11v8h-11zM7 9V6.5a3 3 0 0 1 6 0V9' },
  '🔑': { look: 'idle', path: 'M6.5 9.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM9 10.5 17 2.5M13.5 6l2.5 2.5' },
  '🗑': { look: 'idle', path: 'M3.5 5.5h13M8 5.5V3h4v2.5M5 5.5l1 12h8l1-12' },
  '📦': { look: 'idle', path: 'M10 2 17.5 5.5v9L10 18l-7.5-3.5v-9zM2.5 5.5 10 9l7.5-3.5M10 9v9' },
  '🔨': { look: 'idle', path: 'M3 17l8-8M8.5 4.5l4-2 5 5-2 4-3-1-3-3z' },
  '🛠': { look: 'idle', path: 'M3 17l8-8M8.5 4.5l4-2 5 5-2 4-3-1-3-3z' },
  '☁': { look: 'idle', path: 'M6 16a4 4 0 0 1-.5-8A5 5 0 0 1 15 8.5 3.8 3.8 0 0 1 15 16z' },
  '🚀': { look: 'busy', path: 'M7 13c0-6 3.5-10 10-10 0 6.5-4 10-10 10zM7 13l-2-2 2-3.5M7 13l2 2 3.5-2M5 15l-2 2' },
  '⚡': { look: 'warn', path: 'M11.5 2 4.5 11.5H10L8.5 18l7-9.5H10z' },
  '👀': {
    look: 'idle',
    path: 'M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  },
};

/** The drawing of an emoji, whether or not the character asks to be coloured. Undefined for those not drawn here. */
export function glyphOf(character) {
  const plain = character.replace('\uFE0F', '');
  return Object.hasOwn(glyphs, plain) ? glyphs[plain] : undefined;
}

/** Matches the characters that are drawn here. */
export const glyphPattern = `(?:${Object.keys(glyphs).join('|')})\\uFE0F?`;
