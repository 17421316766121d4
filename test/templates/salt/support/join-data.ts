/** join/control-plane.json, or join/node.json for nobody who minds the key, as a control plane sends it. */
export function joinData(until: Date): string {
  return JSON.stringify({
    endpoint: '10.123.0.5:6443',
    token: 'fedcba.fedcba9876543210',
    caCertHashes: [`sha256:${'9'.repeat(64)}`],
    until: until.toISOString().replace(/\.\d+Z$/, 'Z'),
    certificateKey: 'e'.repeat(64),
  });
}

export const tomorrow = new Date(Date.now() + 24 * 3_600_000);
export const yesterday = new Date(Date.now() - 24 * 3_600_000);
