import { syncBlocks, textNodes } from './blocks.js';
import { byId, h, icon } from './dom.js';
import { entriesOf } from './elements.js';
import { withEmoji } from './emoji.js';
import { act, explain } from './server.js';
import { store } from './store.js';

function show(dialog) {
  byId('app').after(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
}

/** Asks what an element's confirm object asks. Resolves to true when the person goes ahead. */
export function confirmed(confirm) {
  return new Promise((resolve) => {
    const dialog = h(
      'dialog',
      {
        class: 'confirm',
        'data-testid': 'confirm',
        'aria-labelledby': 'confirm-title',
        'aria-describedby': 'confirm-text',
      },
      h(
        'form',
        { method: 'dialog' },
        h('h2', { id: 'confirm-title' }, withEmoji(confirm.title?.text ?? 'Are you sure?')),
        h('div', { id: 'confirm-text', class: 'text' }, textNodes(confirm.text)),
        h(
          'div',
          { class: 'buttons' },
          h(
            'button',
            { class: 'button', value: 'deny', 'data-testid': 'confirm-deny' },
            confirm.deny?.text ?? 'Cancel',
          ),
          h(
            'button',
            {
              class: `button ${confirm.style ?? 'primary'}`,
              value: 'ok',
              'data-testid': 'confirm-ok',
              autofocus: confirm.style !== 'danger',
            },
            confirm.confirm?.text ?? 'OK',
          ),
        ),
      ),
    );
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'ok'));
    show(dialog);
  });
}

let openModal;

/** Shows the topmost modal of a person, or none. A modal that only changed keeps its place. */
export function syncModal(person, surfaceFor) {
  const view = store.modals[person]?.at(-1);
  if (openModal && (openModal.id !== view?.id || openModal.frame !== frameOf(view))) closeShown();
  if (view === undefined) return;
  if (openModal === undefined) openModal = showModal(view, person);
  if (openModal.hash === view.hash) return;
  openModal.hash = view.hash;
  syncBlocks(openModal.body, view.blocks, surfaceFor({ view_id: view.id }));
}

/** What is drawn once, around the blocks. */
function frameOf({ title, submit, close }) {
  return JSON.stringify([title, submit, close]);
}

function closeShown() {
  const { dialog } = openModal;
  openModal = undefined;
  dialog.close();
}

function showModal(view, person) {
  const body = h('div', { class: 'blocks' });
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  const dismiss = () => act('view/close', { as: person, view_id: view.id });
  const submit = async (event) => {
    event.preventDefault();
    const result = await act('view/submit', { as: person, view_id: view.id, values: entriesOf(body) });
    showProblems(body, problem, result);
  };
  const dialog = h(
    'dialog',
    { class: 'modal', 'data-testid': 'modal', 'aria-labelledby': 'modal-title' },
    h(
      'form',
      { submit, novalidate: true },
      h(
        'header',
        {},
        h('h2', { id: 'modal-title' }, withEmoji(view.title?.text ?? '')),
        h(
          'button',
          { type: 'button', class: 'icon', 'aria-label': 'Close', click: dismiss },
          icon('m5 5 10 10M15 5 5 15'),
        ),
      ),
      body,
      problem,
      h(
        'div',
        { class: 'buttons' },
        h(
          'button',
          { type: 'button', class: 'button', 'data-testid': 'modal-close', click: dismiss },
          view.close?.text ?? 'Close',
        ),
        view.submit && h('button', { class: 'button primary', 'data-testid': 'modal-submit' }, view.submit.text),
      ),
    ),
  );
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    return dismiss();
  });
  show(dialog);
  return { id: view.id, frame: frameOf(view), hash: undefined, body, dialog };
}

function showProblems(body, problem, { ok, error, errors = {} }) {
  for (const block of body.querySelectorAll('.input')) {
    const text = errors[block.dataset.block];
    const note = block.querySelector('.problem');
    note.hidden = text === undefined;
    note.querySelector('span').textContent = text ?? '';
    block.classList.toggle('wrong', text !== undefined);
  }
  body.querySelector('.wrong :is(input, textarea, select)')?.focus();
  const general = !ok && Object.keys(errors).length === 0;
  problem.hidden = !general;
  problem.textContent = general ? explain(error) : '';
}
