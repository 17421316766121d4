/** cloud-config.json as Slipway keeps it in Swift, with values that would end early if they were not quoted. */
export function cloudConfig(secret: string): string {
  return JSON.stringify({
    sections: {
      Global: {
        'auth-url': 'https://keystone.example.org/v3',
        region: 'RegionOne',
        'application-credential-id': '7f3a',
        'application-credential-secret': secret,
      },
      LoadBalancer: { 'floating-network-id': 'f10a7', 'create-monitor': true },
      BlockStorage: { 'node-volume-attach-limit': 25 },
    },
    ca: '-----BEGIN CERTIFICATE-----\n',
  });
}
