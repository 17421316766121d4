import { region } from '../../keystone/catalog.ts';
import { hexId } from '../../support/ids.ts';
import { isMap, pythonJson } from '../../support/values.ts';
import { accountOf, containerOf, deleteContainer, liveObjects, putContainer, putText } from '../../swift/store.ts';
import { sign } from '../../swift/temp-url.ts';
import type { World } from '../../world.ts';
import type { Resource, Stack } from '../state.ts';
import { property, type ResourceLook, type ResourceType } from './resource-type.ts';
import { createSignalUser, type SignalUser, signalToken } from './signal-users.ts';

const transports = ['CFN_SIGNAL', 'TEMP_URL_SIGNAL', 'HEAT_SIGNAL', 'NO_SIGNAL', 'ZAQAR_SIGNAL', 'TOKEN_SIGNAL'];

/** OS::Heat::WaitConditionHandle; the transports CFN_SIGNAL and ZAQAR_SIGNAL need services that are not here. */
export const waitConditionHandle: ResourceType = {
  properties: { signal_transport: property('string', { default: 'TOKEN_SIGNAL', allowed: transports }) },
  attributes: ['token', 'signal', 'curl_cli', 'endpoint'],
  create({ world, stack, resource, properties }) {
    if (['TOKEN_SIGNAL', 'HEAT_SIGNAL'].includes(String(properties.signal_transport))) {
      const user = createSignalUser(world, stack, resource.physicalName);
      resource.data.set('user', user);
      resource.data.set('token', signalToken(world, user));
    }
    resource.physicalId = hexId();
  },
  remove({ world, stack, resource, properties }) {
    if (properties.signal_transport === 'TEMP_URL_SIGNAL') removeSignalObjects(world, stack, resource);
  },
  attribute(look, name) {
    const transport = String(look.resource.properties.signal_transport ?? 'TOKEN_SIGNAL');
    if (name === 'signal') return pythonJson(signalOf(look, transport));
    const token = look.resource.data.get('token');
    // Nothing is shown before the handle is made.
    if (transport !== 'TOKEN_SIGNAL' || typeof token !== 'string') return null;
    const endpoint = signalUrl(look);
    const tokenAttributes: Record<string, string> = {
      token,
      endpoint,
      curl_cli: `curl -i -X POST -H 'X-Auth-Token: ${token}' -H 'Content-Type: application/json' -H 'Accept: application/json' ${endpoint}`,
    };
    return tokenAttributes[name];
  },
};

/** What a handle is told; what is missing is put in, and two signals of one id are one. */
export function acceptSignal(resource: Resource, details: unknown): string | undefined {
  const given = isMap(details) ? details : {};
  const number = resource.signals.size + 1;
  const { id = number, status = 'SUCCESS', reason = `Signal ${number} received`, data = null } = given;
  // Heat says nothing to a signal that it does not understand, and takes no notice of it.
  if (!['SUCCESS', 'FAILURE'].includes(String(status))) return undefined;
  resource.signals.set(String(id), { status: String(status), reason: String(reason), data });
  return `status:${status} reason:${reason}`;
}

/**
 * The body that a signal by signed URL has left in Swift, if there is one; what was taken is removed.
 *
 * Heat puts a placeholder there when the URL is made, and on Python 3 does not know it again: it takes it for a signal
 * that is no JSON. So a wait condition of this transport fails before anybody signals, here as there.
 */
export function signalsInSwift(world: World, stack: Stack, resource: Resource): string | undefined {
  const objects = signalObjects(world, stack, resource);
  return objects.length === 0 ? undefined : placeholder;
}

const placeholder = 'in progress';

function signalOf(look: ResourceLook, transport: string): unknown {
  if (transport === 'TEMP_URL_SIGNAL') return { alarm_url: signedUrl(look) };
  if (transport !== 'HEAT_SIGNAL') return null;
  const held = look.resource.data.get('user') as SignalUser | undefined;
  if (held === undefined) return null;
  const { user, project } = held;
  return {
    alarm_url: signalUrl(look),
    // Heat adds the version to an address that has it already.
    auth_url: `${look.world.baseUrl}/identity/v3/v3`,
    username: user.name,
    user_id: user.id,
    password: user.password,
    project_id: project.id,
    domain_id: user.domain.id,
    region_name: region,
  };
}

function signalUrl({ world, stack, resource }: ResourceLook): string {
  return `${world.baseUrl}/orchestration/v1/${stack.userProjectId}/stacks/${stack.name}/${stack.id}/resources/${resource.name}/signal`;
}

/** The last second that fits into 31 bits, less a minute: Heat's idea of for ever. */
const forEver = 2 ** 31 - 1 - 60;

const keyHeader = 'x-account-meta-temp-url-key';

function signedUrl({ world, stack, resource }: ResourceLook): string {
  const existing = resource.data.get('signal_url');
  if (typeof existing === 'string') return existing;
  const { projectId } = stack.owner;
  const account = accountOf(world.swift, projectId);
  const key = account.headers.get(keyHeader) ?? hexId();
  account.headers.set(keyHeader, key);
  putContainer(world.swift, projectId, stack.id, new Map([['x-versions-location', stack.id]]));
  putText(containerOf(world.swift, projectId, stack.id), resource.physicalName, placeholder);
  const path = `/swift/v1/AUTH_${projectId}/${stack.id}/${resource.physicalName}`;
  const signature = sign('sha256', key, 'PUT', forEver, path);
  const url = `${world.baseUrl}${path}?temp_url_sig=${signature}&temp_url_expires=${forEver}`;
  resource.data.set('signal_url', url);
  return url;
}

function signalObjects(world: World, stack: Stack, resource: Resource): string[] {
  const container = world.swift.accounts.get(stack.owner.projectId)?.containers.get(stack.id);
  const names = container === undefined ? [] : liveObjects(container).map(({ name }) => name);
  return names.filter((name) => name.includes(resource.physicalName));
}

function removeSignalObjects(world: World, stack: Stack, resource: Resource): void {
  const container = world.swift.accounts.get(stack.owner.projectId)?.containers.get(stack.id);
  if (container === undefined) return;
  for (const name of signalObjects(world, stack, resource)) container.objects.delete(name);
  if (liveObjects(container).length === 0) deleteContainer(world.swift, stack.owner.projectId, stack.id);
}
