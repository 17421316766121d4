/** Metadata as the headers that set it. */
export function metadataHeaders(
  of: 'account' | 'container' | 'object',
  metadata: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-${of}-meta-${name}`, value]));
}

/** The metadata in an answer's headers, names in lower case. */
export function metadataOf(
  of: 'account' | 'container' | 'object',
  headers: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const prefix = `x-${of}-meta-`;
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(prefix) && value !== undefined) metadata[name.slice(prefix.length)] = value;
  }
  return metadata;
}
