/** What this Neutron has beyond networks, subnets and ports, by the aliases of its extensions. */
const aliases = [
  ['external-net', 'Neutron external network'],
  ['ext-gw-mode', 'Neutron L3 Configurable external gateway mode'],
  ['net-mtu', 'Network MTU'],
  ['pagination', 'Pagination support'],
  ['port-security', 'Port Security'],
  ['quotas', 'Quota management support'],
  ['quota_details', 'Quota details management support'],
  ['router', 'Neutron L3 Router'],
  ['security-group', 'security-group'],
] as const;

/** GET /extensions */
export const extensions = aliases.map(([alias, name]) => ({
  name,
  alias,
  description: '',
  updated: '2017-02-10T10:00:00-00:00',
  links: [],
}));
