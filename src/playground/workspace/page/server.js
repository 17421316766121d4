/** Asks the workspace for something that a person does. Answers `{ ok, error?, errors? }`, also when it is away. */
export async function act(path, body) {
  try {
    const response = await fetch(`/playground/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { ok: false, error: 'workspace_unreachable' };
  }
}

export async function loadState() {
  const response = await fetch('/playground/state');
  return response.json();
}

/**
 * Follows the changes. `opened` is called at the start and after every interruption: what happened in between has to be
 * loaded then.
 */
export function follow({ opened, lost, message, views, condition }) {
  const stream = new EventSource('/playground/stream');
  stream.addEventListener('open', opened);
  stream.addEventListener('error', lost);
  stream.addEventListener('message', (event) => message(JSON.parse(event.data)));
  stream.addEventListener('views', (event) => views(JSON.parse(event.data)));
  stream.addEventListener('condition', (event) => condition(JSON.parse(event.data)));
}

/** What the errors of clicks mean, for the person who clicked. */
export function explain(error) {
  const sentences = {
    operation_timeout: 'Slipway did not answer within 3 seconds (operation_timeout).',
    dispatch_failed: 'Slipway is not connected right now (dispatch_failed).',
    workspace_unreachable: 'The playground is not running any more.',
    action_not_found: 'This button is gone: the message has changed in the meantime.',
    message_not_found: 'This message is gone.',
    channel_not_found: 'You are not a member of that channel.',
    invalid_view: 'Slipway answered with a dialog that Slack would refuse (invalid_view).',
  };
  return sentences[error] ?? `That did not work (${error}).`;
}
