import { isObject } from '../blocks/checks.ts';
import { viewProblems } from '../blocks/validate-view.ts';
import { tiers } from '../state/rate-limits.ts';
import type { NewView, StoredView } from '../state/views.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import type { ApiArguments } from './api-arguments.ts';
import { ApiError, problemsError } from './api-error.ts';
import type { ApiAnswer, ApiMethod } from './api-method.ts';
import { viewObject } from './wire.ts';

/** How many modals may lie on top of each other. */
const deepestStack = 3;
const largestView = 250_000;

function readView(args: ApiArguments, kind: 'modal' | 'home'): NewView {
  const view = args.json('view', 'invalid_arguments');
  if (!isObject(view)) args.required('view');
  const problems = viewProblems(view, kind);
  if (problems.length > 0) throw problemsError('invalid_arguments', problems);
  if (JSON.stringify(view).length > largestView) throw new ApiError('view_too_large');
  return view as NewView;
}

function spendTrigger(
  args: ApiArguments,
  { triggers }: WorkspaceState,
): { userId: string; viewId: string | undefined } {
  const exchange = triggers.exchange(args.required('trigger_id'));
  if (!exchange.ok) throw new ApiError(exchange.error);
  return exchange;
}

function refuseOldHash(args: ApiArguments, current: StoredView | undefined): void {
  const hash = args.text('hash');
  if (hash !== undefined && current !== undefined && hash !== current.hash) throw new ApiError('hash_conflict');
}

function open(args: ApiArguments, workspace: WorkspaceState): ApiAnswer {
  const view = readView(args, 'modal');
  const { userId } = spendTrigger(args, workspace);
  return { view: viewObject(workspace.views.open(userId, view)) };
}

function push(args: ApiArguments, workspace: WorkspaceState): ApiAnswer {
  const view = readView(args, 'modal');
  const { userId, viewId } = spendTrigger(args, workspace);
  if (viewId === undefined) throw new ApiError('not_in_modal');
  if (workspace.views.openFor(userId).length >= deepestStack) throw new ApiError('push_limit_reached');
  return { view: viewObject(workspace.views.push(userId, view)) };
}

function update(args: ApiArguments, { views }: WorkspaceState): ApiAnswer {
  const id = args.text('view_id') ?? args.required('external_id');
  const current = views.find(id);
  if (current === undefined) throw new ApiError('not_found');
  const view = readView(args, current.type);
  refuseOldHash(args, current);
  return { view: viewObject(views.replace(current, view)) };
}

function publish(args: ApiArguments, { directory, views }: WorkspaceState): ApiAnswer {
  const userId = args.required('user_id');
  if (directory.findUser(userId) === undefined) throw new ApiError('user_not_found');
  const view = readView(args, 'home');
  refuseOldHash(args, views.homeOf(userId));
  return { view: viewObject(views.publish(userId, view)) };
}

const asBot = { token: 'bot', perMinute: tiers.tier4 } as const;

export const viewMethods: readonly ApiMethod[] = [
  { name: 'views.open', ...asBot, run: open },
  { name: 'views.push', ...asBot, run: push },
  { name: 'views.update', ...asBot, run: update },
  { name: 'views.publish', ...asBot, run: publish },
];
