# Which states a server gets, by its role in the cluster. The grain `slipway` is written at first boot. They are applied
# in this order, and what builds on an earlier one also requires it.

base:
  'slipway:role:control-plane':
    - match: grain
    - prerequisites
    - store
    - kubernetes-binaries
    - containerd
    - cni-plugins
    - kubernetes-images
    - kubeadm
    - join-data
    - cloud-provider
    - addons
    - upgrade

  'slipway:role:node':
    - match: grain
    - prerequisites
    - store
    - kubernetes-binaries
    - containerd
    - cni-plugins
    - kubernetes-images
    - kubeadm
    - upgrade
