import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { CertificateAuthority } from './certificate-authority.ts';

const joinData = z.object({
  endpoint: z.string().regex(/^[0-9.]+:\d+$/),
  token: z.string().regex(/^[a-z0-9]{6}\.[a-z0-9]{16}$/),
  caCertHashes: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)).min(1),
  until: z.iso.datetime(),
});
const controlPlaneJoinData = joinData.extend({ certificateKey: z.string().regex(/^[0-9a-f]{64}$/) });

/** What `kubeadm join` has to be told. */
export type JoinData = z.output<typeof joinData>;
/** What it has to be told besides on a control plane. */
export type ControlPlaneJoinData = z.output<typeof controlPlaneJoinData>;

/** kubeadm's tokens are good for a day, the key of uploaded certificates for two hours. */
const lifetimeMs = 24 * 3600_000;

/** New join data of a cluster, as `kubeadm token create` and `kubeadm init phase upload-certs` give them. */
export function newJoinData(endpoint: string, authority: CertificateAuthority, now: Date): ControlPlaneJoinData {
  const secret = createHash('sha256').update(randomBytes(32)).digest('hex');
  return {
    endpoint,
    token: `${secret.slice(0, 6)}.${secret.slice(6, 22)}`,
    caCertHashes: [authority.publicKeyHash],
    until: new Date(now.getTime() + lifetimeMs).toISOString(),
    certificateKey: randomBytes(32).toString('hex'),
  };
}

/** Reads join data as a server does that wants to join with them. @throws Error when they cannot be used (any more). */
export function readJoinData(text: string, role: 'control-plane' | 'node', now: Date): JoinData {
  const shape = role === 'control-plane' ? controlPlaneJoinData : joinData;
  const { success, data } = shape.safeParse(JSON.parse(text));
  if (!success) throw new Error('the join data are not what they have to be');
  if (new Date(data.until) < now) throw new Error(`the join data were good until ${data.until}`);
  return data;
}
