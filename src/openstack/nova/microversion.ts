/**
 * The one microversion that Nova is spoken in: 2.53, the last of OpenStack Pike (2017), so that every cloud in service
 * has it. It brings `user_data` in a server's details to those who may see it (2.3), the flavor's figures inside the
 * server (2.47) and UUIDs for hypervisors (2.53).
 * https://docs.openstack.org/nova/latest/reference/api-microversion-history.html
 */
const microversion = '2.53';

/** The header that asks for it. */
export const novaHeaders = { 'openstack-api-version': `compute ${microversion}` } as const;
