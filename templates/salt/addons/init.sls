# Gives the cluster its network, and people their rights. See README.md in this folder.

{%- from 'map.jinja' import settings, files, manifests, first with context %}
{%- from 'kubectl.jinja' import applied with context %}

{%- set own = {'flannel': 'salt://addons/files/flannel.yaml.j2'} %}

{#- What a cluster has once is applied by one server. #}
{%- if first %}
{%- if settings.cni in own %}

addons-network-manifest:
  file.managed:
    - name: {{ manifests }}/network.yaml
    - source: {{ own[settings.cni] }}
    - template: jinja
    - mode: '0600'
    - makedirs: true
    - dir_mode: '0700'
    - require:
      - sls: kubeadm

{{- applied('addons-network', manifests ~ '/network.yaml', [{'file': 'addons-network-manifest'}]) }}
{%- elif settings.cni != 'none' %}
{%- set manifest = files ~ '/cni-' ~ settings.cni ~ '.yaml' %}

addons-network-manifest:
  cmd.run:
    - name: echo "there is no cni-{{ settings.cni }}.yaml among the release's files; network.plugin.manifest of clusters.yaml names it" >&2; exit 1
    - unless: test -s {{ manifest }}
    - require:
      - sls: kubeadm

{{- applied('addons-network', manifest, [{'cmd': 'addons-network-manifest'}]) }}
{%- endif %}

addons-groups-manifest:
  file.managed:
    - name: {{ manifests }}/groups.yaml
    - source: salt://addons/files/groups.yaml
    - mode: '0600'
    - makedirs: true
    - dir_mode: '0700'
    - require:
      - sls: kubeadm

{{- applied('addons-groups', manifests ~ '/groups.yaml', [{'file': 'addons-groups-manifest'}]) }}
{%- else %}

# The control plane with index 0 applies it.
addons-elsewhere:
  test.nop: []
{%- endif %}
