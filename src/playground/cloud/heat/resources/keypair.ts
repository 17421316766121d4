import { createKeypair, deleteKeypair, findKeypair, keypairView } from '../../nova/keypairs.ts';
import { ignoreMissing } from './ignore-missing.ts';
import { property, type ResourceType } from './resource-type.ts';

/** OS::Nova::KeyPair */
export const keypair: ResourceType = {
  properties: {
    name: property('string', { required: true }),
    public_key: property('string'),
    save_private_key: property('boolean', { default: false }),
    type: property('string', { allowed: ['ssh', 'x509'] }),
    user: property('string'),
  },
  attributes: ['public_key', 'private_key'],
  create({ world, caller, resource, properties }) {
    const { name, public_key, save_private_key } = properties;
    const { keypair: made, privateKey } = createKeypair(world.nova, caller, { keypair: { name, public_key } });
    resource.physicalId = made.name;
    if (save_private_key === true) resource.data.set('private_key', privateKey);
  },
  remove({ world, caller, resource }) {
    ignoreMissing(() => deleteKeypair(world.nova, caller.userId, resource.physicalId));
  },
  attribute({ world, stack, resource }, name) {
    if (name === 'private_key') return resource.data.get(name) ?? '';
    const found = findKeypair(world.nova, stack.owner.userId, resource.physicalId);
    return found === undefined ? null : keypairView(found)[name];
  },
};
