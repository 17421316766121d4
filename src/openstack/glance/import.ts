import type { ServiceClient } from '../service-client.ts';

/** One run of Glance's own to fetch an image's content. */
export interface ImportTask {
  id: string;
  /** `pending`, `processing`, `success` or `failure`. */
  status: string;
  /** How far it is (`Copied 12 MiB`), or why it failed, as far as Glance tells its users. */
  message: string;
}

/** GET /info/import: the ways in which this cloud takes content, such as `web-download`. None where it cannot tell. */
export async function listImportMethods(glance: ServiceClient, signal?: AbortSignal): Promise<readonly string[]> {
  const { status, text } = await glance.call('GET', ['info', 'import'], {
    doing: 'Asking Glance how it imports images',
    ok: [200, 404],
    signal,
  });
  if (status === 404) return [];
  const answer: { 'import-methods'?: { value?: readonly string[] } } = JSON.parse(text);
  return answer['import-methods']?.value ?? [];
}

/**
 * POST /images/{id}/import by web-download: from now on the cloud fetches the content of a queued image by itself. 202
 * says that a task was begun, not how it ends. 400 when the operator's filter (import_filtering_opts: hosts, ports 80
 * and 443 by default) does not let the address pass, 409 when the image is not queued any more.
 */
export async function importFromUrl(
  glance: ServiceClient,
  id: string,
  url: string,
  signal?: AbortSignal,
): Promise<void> {
  await glance.call('POST', ['images', id, 'import'], {
    doing: `Asking Glance to fetch the content of the image ${id}`,
    ok: [202],
    body: { method: { name: 'web-download', uri: url } },
    signal,
  });
}

/** GET /images/{id}/tasks: what became of its imports, in no order. None where Glance is too old to tell. */
export async function listImportTasks(
  glance: ServiceClient,
  id: string,
  signal?: AbortSignal,
): Promise<readonly ImportTask[]> {
  const { status, text } = await glance.call('GET', ['images', id, 'tasks'], {
    doing: `Reading the import tasks of the Glance image ${id}`,
    ok: [200, 404],
    signal,
  });
  if (status === 404) return [];
  const { tasks }: { tasks: { id: string; status: string; message: string | null }[] } = JSON.parse(text);
  return tasks.map((task) => ({ id: task.id, status: task.status, message: task.message ?? '' }));
}
