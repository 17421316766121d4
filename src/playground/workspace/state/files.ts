import { randomId, randomSecret } from './ids.ts';
import type { SharedFile } from './messages.ts';

/** A file between the moment its upload url was asked for and for ever after. */
export interface StoredFile extends SharedFile {
  readonly uploadPath: string;
  /** Undefined until the bytes have arrived. */
  content: Uint8Array | undefined;
}

/** What else was said of a file beforehand. */
export interface Announced {
  readonly snippetType: string | undefined;
  readonly description: string | undefined;
}

/** The files that the app uploaded. */
export interface Files {
  announce(name: string, size: number, more: Announced): StoredFile;
  find(id: string): StoredFile | undefined;
  byUploadPath(path: string): StoredFile | undefined;
  byPath(path: string): StoredFile | undefined;
}

const mediaTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/plain',
  json: 'application/json',
  yaml: 'text/plain',
  yml: 'text/plain',
};

function mediaType(name: string, snippetType: string | undefined): string {
  const known = mediaTypes[name.split('.').at(-1)?.toLowerCase() ?? ''];
  return known ?? (snippetType === undefined ? 'application/octet-stream' : 'text/plain');
}

export function createFiles(): Files {
  const files = new Map<string, StoredFile>();

  return {
    announce(name, size, { snippetType, description }) {
      const id = randomId('F');
      const file: StoredFile = {
        id,
        name,
        title: name,
        mimetype: mediaType(name, snippetType),
        size,
        path: `/files/${id}/${encodeURIComponent(name)}`,
        uploadPath: `/upload/v1/${randomSecret()}`,
        content: undefined,
        ...(description !== undefined && { description }),
      };
      files.set(id, file);
      return file;
    },
    find: (id) => files.get(id),
    byUploadPath: (path) => [...files.values()].find((file) => file.uploadPath === path),
    byPath: (path) => [...files.values()].find((file) => file.path === path),
  };
}
