import { OpenStackError } from '../../errors.ts';
import type { CloudConfig } from '../cloud-config.ts';
import type { ServiceClient } from '../service-client.ts';

/**
 * Keystone's reason for not letting this session manage trusts; undefined when it may. Heat makes a trust for each new
 * stack, and since the fix of CVE-2026-43000 Keystone refuses trusts to application credentials, unrestricted ones
 * included; before, it refused them to restricted ones.
 *
 * GET /v3/OS-TRUST/trusts. @throws OpenStackError when Keystone answers anything but a list or a 403.
 */
export async function trustRefusal(keystone: ServiceClient, signal?: AbortSignal): Promise<string | undefined> {
  const { userId } = await keystone.authentication(signal);
  try {
    await keystone.call('GET', ['OS-TRUST', 'trusts'], {
      doing: 'Asking Keystone whether trusts are allowed',
      ok: [200],
      query: { trustor_user_id: userId },
      signal,
    });
    return undefined;
  } catch (error) {
    if (error instanceof OpenStackError && error.status === 403) return saidIn(error);
    throw error;
  }
}

/**
 * The error to raise instead of Heat's, if Keystone's refusal of a trust is behind it. Heat passes that on as a 500 that
 * says nothing at all (`RemoteError`; measured with Zed), so Keystone itself is asked what it thinks of trusts.
 */
export async function explainTrustRefusal(
  error: OpenStackError,
  cloud: CloudConfig,
  keystone: ServiceClient,
  signal?: AbortSignal,
): Promise<OpenStackError | undefined> {
  if (!maybeTrust(error) || cloud.credentials.kind === 'password') return undefined;
  const said = /trusts/.test(error.message) ? error.message : await refusalOrNothing(keystone, signal);
  if (said === undefined) return undefined;
  const { service, method, path, status, requestId } = error;
  return new OpenStackError(
    `${beginning(error)}: Heat needs a trust, and Keystone refuses it to these credentials: ${said}`,
    {
      service,
      method,
      path,
      ...(status === undefined ? {} : { status }),
      ...(requestId === undefined ? {} : { requestId }),
    },
    {
      cause: error,
      retryable: false,
      detail: error.detail,
      hint:
        `Give the cloud ${cloud.name} a user name and a password instead of an application credential; or have its operator set ` +
        'allow_insecure_application_credential_trust_escalation = true under [security_compliance] in keystone.conf ' +
        'and use an unrestricted application credential',
    },
  );
}

function maybeTrust({ method, status }: OpenStackError): boolean {
  return method === 'POST' && (status === 500 || status === 403);
}

/** An explanation that fails must not hide what is to be explained. */
async function refusalOrNothing(keystone: ServiceClient, signal?: AbortSignal): Promise<string | undefined> {
  try {
    return await trustRefusal(keystone, signal);
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

function beginning({ message }: OpenStackError): string {
  return message.split(': ')[0] ?? message;
}

/** Without what was being done, and without the service and the status behind it. */
function saidIn({ message }: OpenStackError): string {
  return message.replace(/^[^:]*: /, '').replace(/ \(Keystone, \d+\)$/, '');
}
