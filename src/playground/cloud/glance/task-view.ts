import { seconds } from '../support/times.ts';
import type { ImportTask } from './state.ts';

/** How long Glance keeps what it knows of a task that is over. */
const keptMs = 48 * 3_600_000;

/** A task as Glance puts it. */
export function taskView(task: ImportTask): object {
  const over = task.status !== 'processing';
  return {
    id: task.id,
    type: 'api_image_import',
    status: task.status,
    owner: task.owner,
    expires_at: over ? seconds(new Date(task.updatedAt.getTime() + keptMs)) : null,
    created_at: seconds(task.createdAt),
    updated_at: seconds(task.updatedAt),
    deleted_at: null,
    deleted: false,
    image_id: task.image,
    request_id: task.requestId,
    user_id: task.userId,
    input: {
      image_id: task.image,
      import_req: { method: { name: 'web-download', uri: task.uri } },
      backend: ['file'],
    },
    result: task.status === 'success' ? { image_id: task.image } : null,
    message: task.message,
  };
}
