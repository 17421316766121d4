import { isObject, type JsonObject } from '../blocks/checks.ts';
import { viewProblems } from '../blocks/validate-view.ts';
import type { StoredView } from '../state/views.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import { viewObject } from '../web-api/wire.ts';
import { type Acting, type ActResult, findPerson, interactionPayload, refused } from './acting.ts';
import { type Entries, type Entry, elementState, placedElements, stateValues } from './elements.ts';

/**
 * A person submits the modal on top. What the app answers is carried out: errors at the inputs, another view, or the
 * modal closes.
 */
export async function submitModal(acting: Acting, as: string, viewId: string, entries: Entries): Promise<ActResult> {
  const { workspace } = acting;
  const user = findPerson(workspace, as);
  const view = workspace.views.openFor(as).at(-1);
  if (user === undefined || view === undefined || view.id !== viewId) return refused('view_not_found');
  const errors = inputErrors(view, entries);
  if (Object.keys(errors).length > 0) return { ok: false, error: 'invalid_input', errors };

  const outcome = await acting.deliver({
    type: 'interactive',
    payload: {
      ...interactionPayload(workspace, user, 'view_submission'),
      view: viewObject(view, stateValues(view.blocks, entries)),
      trigger_id: workspace.triggers.issue(user.id, view.id),
      response_urls: [],
    },
  });
  return outcome.kind === 'acknowledged' ? carryOut(outcome.response, view, workspace) : refused(outcome.kind);
}

/** What Slack's client itself refuses to send. */
function inputErrors(view: StoredView, entries: Entries): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, element, actionId } of placedElements(view.blocks)) {
    if (block.type !== 'input') continue;
    const error = inputError(element, entries[block.block_id]?.[actionId], block.optional === true);
    if (error !== undefined) errors[block.block_id] = error;
  }
  return errors;
}

function inputError(element: JsonObject, entry: Entry | undefined, mayBeEmpty: boolean): string | undefined {
  const state = elementState(element, entry);
  const value = state?.value ?? state?.selected_option ?? state?.selected_options ?? state?.selected_date_time ?? null;
  const empty = value === null || (Array.isArray(value) && value.length === 0);
  if (empty) return mayBeEmpty ? undefined : 'Please complete this required field.';
  if (typeof value !== 'string') return undefined;
  return element.type === 'number_input' ? numberError(element, value) : lengthError(element, value.length);
}

function numberError(
  { is_decimal_allowed: decimals, min_value: min, max_value: max }: JsonObject,
  value: string,
): string | undefined {
  const shape = decimals === true ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!shape.test(value)) return decimals === true ? 'Please enter a number.' : 'Please enter a whole number.';
  if (min !== undefined && Number(value) < Number(min)) return `Please enter a number no less than ${String(min)}.`;
  if (max !== undefined && Number(value) > Number(max)) return `Please enter a number no more than ${String(max)}.`;
  return undefined;
}

function lengthError(element: JsonObject, length: number): string | undefined {
  const { min_length: min, max_length: max } = element;
  if (typeof min === 'number' && length < min) return `Please enter at least ${min} characters.`;
  if (typeof max === 'number' && length > max) return `Please enter at most ${max} characters.`;
  return undefined;
}

function carryOut(response: unknown, view: StoredView, { views }: WorkspaceState): ActResult {
  const answer: JsonObject = isObject(response) ? response : {};
  switch (answer.response_action) {
    case 'errors':
      return { ok: false, error: 'invalid_input', errors: textsOf(answer.errors) };
    case 'clear':
      views.clear(view.userId);
      return { ok: true };
    case 'update':
    case 'push':
      return showNext(answer, view, { views });
    default:
      views.pop(view.userId);
      return { ok: true };
  }
}

function showNext(answer: JsonObject, view: StoredView, { views }: Pick<WorkspaceState, 'views'>): ActResult {
  if (!isObject(answer.view) || viewProblems(answer.view, 'modal').length > 0) return refused('invalid_view');
  if (answer.response_action === 'update') views.replace(view, answer.view);
  else views.push(view.userId, answer.view);
  return { ok: true };
}

function textsOf(errors: unknown): Record<string, string> {
  if (!isObject(errors)) return {};
  return Object.fromEntries(Object.entries(errors).map(([block, text]) => [block, String(text)]));
}

/** A person closes the modal on top; the app hears of it if it asked to. */
export async function closeModal(acting: Acting, as: string, viewId: string): Promise<ActResult> {
  const { workspace } = acting;
  const user = findPerson(workspace, as);
  const view = workspace.views.openFor(as).at(-1);
  if (user === undefined || view === undefined || view.id !== viewId) return refused('view_not_found');

  if (view.clear_on_close) workspace.views.clear(as);
  else workspace.views.pop(as);
  if (view.notify_on_close) {
    await acting.deliver({
      type: 'interactive',
      payload: {
        ...interactionPayload(workspace, user, 'view_closed'),
        view: viewObject(view),
        is_cleared: view.clear_on_close,
      },
    });
  }
  return { ok: true };
}
