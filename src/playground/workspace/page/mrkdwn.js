import { formatDate } from './dates.js';
import { h } from './dom.js';
import { emojiNode, emojiPattern } from './emoji.js';
import { channelById, store, userById } from './store.js';

/** Everything that may begin inside a line. The first that fits wins; marks count only at the edges of words. */
const inlinePattern = new RegExp(
  [
    '`(?<code>[^`\\n]+)`',
    '<(?<tag>[^<>\\n]+)>',
    '(?<![\\w*])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\w*])',
    '(?<![\\w_])_(?<italic>[^\\s_](?:[^_\\n]*[^\\s_])?)_(?![\\w_])',
    '(?<![\\w~])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\w~])',
    `(?<emoji>${emojiPattern})`,
    '(?<url>https?://[^\\s<>|]*[^\\s<>|.,;:!?)\\]\'"*_])',
  ].join('|'),
  'gu',
);

/** Slack escapes three characters, and no others. */
function unescapeText(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Reads Slack's markup into nodes: code blocks, quotes, lists, and what is inside of lines. */
export function mrkdwn(text) {
  return text.split(/```\n?([\s\S]*?)\n?```\n?/).flatMap((part, index) => {
    if (index % 2 === 1) return [h('pre', { class: 'code', tabindex: '0' }, h('code', {}, unescapeText(part)))];
    return lines(part.replace(/\n$/, ''));
  });
}

const lineKinds = [
  { name: 'quote', pattern: /^(?:>|&gt;) ?/ },
  { name: 'bullet', pattern: /^\s*[•◦▪] +/ },
];

/** Lines of one kind that follow each other make one element. */
function lines(text) {
  if (text === '') return [];
  const groups = [];
  for (const line of text.split('\n')) {
    const kind = lineKinds.find(({ pattern }) => pattern.test(line));
    const content = kind === undefined ? line : line.replace(kind.pattern, '');
    const last = groups.at(-1);
    if (last !== undefined && last.kind === kind) last.lines.push(content);
    else groups.push({ kind, lines: [content] });
  }
  return groups.map(lineGroup);
}

function lineGroup({ kind, lines: contents }) {
  if (kind?.name === 'bullet')
    return h(
      'ul',
      {},
      contents.map((line) => h('li', {}, inline(line))),
    );
  const joined = contents.flatMap((line, index) => (index === 0 ? inline(line) : [h('br'), ...inline(line)]));
  return h(kind === undefined ? 'p' : 'blockquote', {}, joined);
}

/** What is inside of a line: marks, tags, links, emoji. */
export function inline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(inlinePattern)) {
    if (match.index > from) nodes.push(unescapeText(text.slice(from, match.index)));
    nodes.push(...inlineNode(match));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(unescapeText(text.slice(from)));
  return nodes;
}

const inlineMakers = {
  code: (content) => h('code', {}, unescapeText(content)),
  tag: (content) => tag(content),
  bold: (content) => h('strong', {}, inline(content)),
  italic: (content) => h('em', {}, inline(content)),
  strike: (content) => h('s', {}, inline(content)),
  emoji: emojiNode,
  url: (content) => link(content, content),
};

function inlineNode({ groups }) {
  const [name, content] = Object.entries(groups).find(([, value]) => value !== undefined);
  return [inlineMakers[name](content)];
}

/** `<@U…>`, `<#C…>`, `<!subteam^S…>`, `<!date^…>`, `<!here>` and links. */
function tag(content) {
  const [target, label] = splitOnce(content, '|');
  if (target.startsWith('@')) return mention(`@${userById(target.slice(1)).realName}`);
  if (target.startsWith('#')) return mention(`#${channelById(target.slice(1))?.name ?? label ?? target.slice(1)}`);
  if (target.startsWith('!subteam^')) return mention(groupName(target.slice('!subteam^'.length), label));
  if (target.startsWith('!date^')) return date(target, label);
  if (target.startsWith('!')) return mention(`@${target.slice(1)}`);
  return link(unescapeText(target), unescapeText(label ?? target));
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function mention(text) {
  return h('span', { class: 'mention' }, text);
}

function groupName(id, label) {
  const group = store.userGroups.find((candidate) => candidate.id === id);
  return group === undefined ? (label ?? `@${id}`) : `@${group.handle}`;
}

function date(target, fallback) {
  const [, seconds, format = '{date_short} {time}', url] = target.split('^');
  if (!Number.isFinite(Number(seconds))) return fallback ?? '';
  const moment = new Date(Number(seconds) * 1000);
  const text = formatDate(Number(seconds), format);
  const shown = h('time', { datetime: moment.toISOString(), title: moment.toLocaleString() }, text);
  return url === undefined ? shown : link(url, shown);
}

/** Only web and mail addresses become links; anything else stays text. */
function link(target, label) {
  if (!/^(https?:\/\/|mailto:)/i.test(target)) return label;
  return h('a', { href: target, target: '_blank', rel: 'noopener noreferrer' }, label);
}
