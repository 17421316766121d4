import { isObject } from '../blocks/checks.ts';
import { app, type Channel } from '../state/directory.ts';
import type { StoredFile } from '../state/files.ts';
import { tiers } from '../state/rate-limits.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import type { ApiArguments } from './api-arguments.ts';
import { ApiError, problemsError } from './api-error.ts';
import type { ApiAnswer, ApiMethod } from './api-method.ts';
import { threadParent } from './thread.ts';
import { fileObject } from './wire.ts';

const largestSnippet = 1024 * 1024;
const longestDescription = 1000;

function getUploadUrl(args: ApiArguments, { files, origin }: WorkspaceState): ApiAnswer {
  const name = args.required('filename');
  const length = Number(args.required('length'));
  if (!Number.isInteger(length) || length <= 0) throw new ApiError('invalid_arguments');
  const snippetType = args.text('snippet_type');
  if (snippetType !== undefined && length > largestSnippet) throw new ApiError('snippet_too_large');

  const description = descriptionOf(args);
  if (description !== undefined && description.length > longestDescription) throw new ApiError('alt_txt_too_large');

  const file = files.announce(name, length, { snippetType, description });
  return { upload_url: `${origin()}${file.uploadPath}`, file_id: file.id };
}

/** Slack's documentation has one name for it, and Slack's own client sends another. */
function descriptionOf(args: ApiArguments): string | undefined {
  return args.text('alt_txt') ?? args.text('alt_text');
}

function uploaded(entry: unknown, workspace: WorkspaceState): { file: StoredFile; title: string } {
  const id = isObject(entry) ? entry.id : undefined;
  const file = typeof id === 'string' ? workspace.files.find(id) : undefined;
  if (file === undefined || file.content === undefined) throw new ApiError('file_not_found');
  const title = isObject(entry) && typeof entry.title === 'string' ? entry.title : file.name;
  return { file, title };
}

/** Unlike chat.postMessage this takes no person's id: the direct message has to be opened first. */
const conversationId = /^[CGDZ][A-Z0-9]+$/;
/** What Slack says of it. Ids of the playground may be shorter. */
const conversationIdText = 'input must match regex pattern: ^[CGDZ][A-Z0-9]{8,}$';

function assertConversation(channel: string | undefined): void {
  if (channel === undefined || conversationId.test(channel)) return;
  throw problemsError('invalid_arguments', [{ message: conversationIdText, pointer: '/channel_id' }]);
}

/** The channels to share with: `channel_id`, or several in `channels`; none keeps the file private. */
function sharingChannels(args: ApiArguments, { directory }: WorkspaceState): Channel[] {
  assertConversation(args.text('channel_id'));
  const ids = (args.text('channel_id') ?? args.text('channels') ?? '').split(',').filter((id) => id !== '');
  return ids.map((id) => {
    const channel = directory.findChannel(id);
    if (channel === undefined) throw new ApiError('channel_not_found');
    if (!channel.members.includes(app.userId)) throw new ApiError('not_in_channel');
    return channel;
  });
}

function completeUpload(args: ApiArguments, workspace: WorkspaceState): ApiAnswer {
  const entries = args.json('files', 'invalid_arguments');
  if (!Array.isArray(entries) || entries.length === 0) throw new ApiError('invalid_arguments');
  const files = entries.map((entry) => uploaded(entry, workspace));
  const channels = sharingChannels(args, workspace);

  for (const channel of channels) {
    workspace.messages.post({
      channel: channel.id,
      user: app.userId,
      text: args.text('initial_comment') ?? '',
      ...threadParent(args, channel, workspace),
      files: files.map(({ file: { id, name, mimetype, size, path, description }, title }) => ({
        id,
        name,
        title,
        mimetype,
        size,
        path,
        ...(description !== undefined && { description }),
      })),
    });
  }
  return { files: files.map(({ file, title }) => ({ ...fileObject(file, workspace.origin()), title })) };
}

const filesWrite = { token: 'bot', scopes: ['files:write'], perMinute: tiers.tier4 } as const;

export const fileMethods: readonly ApiMethod[] = [
  { name: 'files.getUploadURLExternal', ...filesWrite, run: getUploadUrl },
  { name: 'files.completeUploadExternal', ...filesWrite, run: completeUpload },
];
