import { h } from './dom.js';

/** As many lines as a snippet shows before it is opened. */
const firstLines = 5;

/** A file below a message: a picture is seen, the first lines of a text are read, anything else is only named. */
export function fileCard(file) {
  if (file.mimetype.startsWith('image/')) return picture(file);
  return file.mimetype.startsWith('text/') ? snippet(file) : h('div', { class: 'file' }, heading(file));
}

function picture({ path, title, description = title }) {
  return h(
    'figure',
    { class: 'image' },
    h('figcaption', {}, title),
    h('a', { href: path, target: '_blank' }, h('img', { src: path, alt: description })),
  );
}

function heading({ path, name, title, size }) {
  return h('p', { class: 'title' }, h('a', { href: path, download: name }, title), h('small', {}, sizeInWords(size)));
}

function snippet(file) {
  const text = h('pre', { class: 'code', tabindex: '0', 'aria-label': file.title });
  const toggle = h('button', { type: 'button', class: 'expand' }, 'Show all');
  fill(text, toggle, file.path).catch(() => text.replaceChildren('This file is not there any more.'));
  return h('div', { class: 'file snippet', 'data-testid': 'snippet' }, heading(file), text, toggle);
}

async function fill(text, toggle, path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${response.status}`);
  const lines = (await response.text()).replace(/\n$/, '').split('\n');
  let open = false;
  const show = () => {
    text.textContent = (open ? lines : lines.slice(0, firstLines)).join('\n');
    text.classList.toggle('open', open);
    toggle.textContent = open ? 'Collapse' : `Show all ${lines.length} lines`;
    toggle.setAttribute('aria-expanded', String(open));
    if (open) text.parentElement.scrollIntoView({ block: 'nearest' });
  };
  toggle.hidden = lines.length <= firstLines;
  text.classList.toggle('short', toggle.hidden);
  toggle.addEventListener('click', () => {
    open = !open;
    show();
  });
  show();
}

function sizeInWords(bytes) {
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} kB`;
}
