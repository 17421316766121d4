import { describe, expect, it } from 'vitest';
import {
  type CloudConfigDocument,
  type CloudFacts,
  cloudConfigDocument,
} from '../../../jobs/credential/cloud-config-document.ts';
import { Secret } from '../../../src/secret.ts';

const cloud = { authUrl: 'https://keystone.example.org/v3', interface: 'public', verify: true } as const;
const login = { kind: 'application-credential', id: 'abc', secret: new Secret('s3cret') } as const;
const facts: CloudFacts = { cloud, region: 'RegionOne', login, floatingNetwork: 'net-1', loadBalancers: true };

const password = { kind: 'password', password: new Secret('pass#"word'), projectId: 'project-1' } as const;

const credentialKeys = { 'application-credential-id': 'abc', 'application-credential-secret': 's3cret' };
const place = { 'auth-url': 'https://keystone.example.org/v3', region: 'RegionOne' };
const balancers = { enabled: 'true', 'floating-network-id': 'net-1', 'manage-security-groups': 'true' };

function global(keys: Record<string, string>): CloudConfigDocument {
  return { sections: { Global: keys, LoadBalancer: balancers } };
}

describe('what cloud.conf is made of', () => {
  it.each<[string, Partial<CloudFacts>, CloudConfigDocument]>([
    ['an application credential alone', {}, global({ ...place, ...credentialKeys })],
    [
      'a user by name, in a domain by name',
      { login: { ...password, user: { name: 'demo', domain: { name: 'Sales' } } } },
      global({
        ...place,
        username: 'demo',
        'user-domain-name': 'Sales',
        password: 'pass#"word',
        'tenant-id': 'project-1',
      }),
    ],
    [
      'a user by name, in a domain by id',
      { login: { ...password, user: { name: 'demo', domain: { id: 'default' } } } },
      global({
        ...place,
        username: 'demo',
        'user-domain-id': 'default',
        password: 'pass#"word',
        'tenant-id': 'project-1',
      }),
    ],
    [
      'a user by id, which needs no domain',
      { login: { ...password, user: { id: 'user-1' } } },
      global({ ...place, 'user-id': 'user-1', password: 'pass#"word', 'tenant-id': 'project-1' }),
    ],
    [
      'a cloud without regions',
      { region: undefined },
      global({ 'auth-url': 'https://keystone.example.org/v3', ...credentialKeys }),
    ],
    [
      'addresses of the inside',
      { cloud: { ...cloud, interface: 'internal' } },
      global({ ...place, ...credentialKeys, 'os-endpoint-type': 'internal' }),
    ],
    [
      'certificates that nobody checks',
      { cloud: { ...cloud, verify: false } },
      global({ ...place, ...credentialKeys, 'tls-insecure': 'true' }),
    ],
    [
      'authorities of the cloud’s own',
      { cloud: { ...cloud, ca: '-----BEGIN CERTIFICATE-----' } },
      { ...global({ ...place, ...credentialKeys }), ca: '-----BEGIN CERTIFICATE-----' },
    ],
    [
      'a cloud without load balancers',
      { loadBalancers: false },
      {
        sections: {
          Global: { ...place, ...credentialKeys },
          LoadBalancer: { ...balancers, enabled: 'false' },
        },
      },
    ],
  ])('has %s', (_what, changes, document) => {
    expect(cloudConfigDocument({ ...facts, ...changes }, {})).toEqual(document);
  });

  it('is overruled by clusters.yaml key by key, whichever letters it writes large', () => {
    const overrides = {
      LoadBalancer: { 'lb-provider': 'ovn', 'lb-method': 'SOURCE_IP_PORT' },
      loadbalancer: { Enabled: 'false' },
      BlockStorage: { 'ignore-volume-az': 'true' },
      GLOBAL: { region: 'RegionTwo' },
    };

    const { sections } = cloudConfigDocument(facts, overrides);

    expect(sections).toEqual({
      Global: { ...place, region: 'RegionTwo', ...credentialKeys },
      LoadBalancer: { ...balancers, enabled: 'false', 'lb-provider': 'ovn', 'lb-method': 'SOURCE_IP_PORT' },
      BlockStorage: { 'ignore-volume-az': 'true' },
    });
  });

  it('leaves what clusters.yaml says as it is', () => {
    const overrides = { LoadBalancer: { enabled: 'false' } };

    cloudConfigDocument(facts, overrides);

    expect(overrides).toEqual({ LoadBalancer: { enabled: 'false' } });
  });
});
