"""A network driver for load balancers that have an address and no amphora.

Octavia's own no-op driver makes up the port of a load balancer's address, so
that no floating IP can lead there.  This one has the real driver make that
port in Neutron, and goes on pretending for everything that concerns amphorae.
"""

from octavia.network import base
from octavia.network.drivers.neutron import allowed_address_pairs
from octavia.network.drivers.noop_driver import driver as noop


class AddressesOnly(noop.NoopNetworkDriver):
    """Real ports for addresses; nothing is ever plugged into them."""

    def __init__(self):
        super().__init__()
        self._real = allowed_address_pairs.AllowedAddressPairsDriver()

    def allocate_vip(self, loadbalancer):
        return self._real.allocate_vip(loadbalancer)

    def deallocate_vip(self, vip):
        self._real.deallocate_vip(vip)

    def get_subnet(self, subnet_id, context=None):
        return self._real.get_subnet(subnet_id, context=context)

    def get_network(self, network_id, context=None):
        try:
            return self._real.get_network(network_id, context=context)
        except base.NetworkNotFound:  # an amphora's
            return super().get_network(network_id)

    def get_port(self, port_id, context=None):
        try:
            return self._real.get_port(port_id, context=context)
        except base.PortNotFound:  # an amphora's
            return super().get_port(port_id)
