/** Lines that were sent, newest last, for the arrow keys. */
const remembered = 50;

/**
 * Makes a text box send on Enter, grow with its text and bring sent lines back with the arrow keys.
 *
 * @param send called with the text; the box is emptied at once
 */
export function setUpComposer(form, box, send) {
  const sent = [];
  let position = 0;

  function grow() {
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
  }

  function fill(text) {
    box.value = text;
    grow();
    box.setSelectionRange(text.length, text.length);
  }

  function submit() {
    const text = box.value.trim();
    if (text === '') return;
    if (sent.at(-1) !== text) sent.push(text);
    if (sent.length > remembered) sent.shift();
    position = sent.length;
    fill('');
    send(text);
  }

  /** The arrows move through what was sent, unless the person is writing something of their own. */
  function recall(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const untouched = box.value === '' || box.value === sent[position];
    const next = position + step;
    if (!untouched || next < 0 || next > sent.length) return;
    event.preventDefault();
    position = next;
    fill(sent[position] ?? '');
  }

  box.addEventListener('input', grow);
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      recall(event);
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });

  return { fill };
}
