# Which states a server gets, by its role in the cluster. The grain `slipway` is written at first boot.

base:
  'slipway:role:control-plane':
    - match: grain
    - kubernetes-binaries

  'slipway:role:node':
    - match: grain
    - kubernetes-binaries
