# Installs the programs of Kubernetes that every server runs, or that people run there. See README.md in this folder.

{%- set source = salt['pillar.get']('kubernetes_binaries:source', '/opt/slipway/kubernetes/server/bin') %}
{%- set target = salt['pillar.get']('kubernetes_binaries:target', '/usr/local/bin') %}

{%- for program in ['kubeadm', 'kubectl', 'kubelet'] %}

# Salt writes it beside its name and moves it there, so that a program that runs is never half replaced.
kubernetes-binaries-{{ program }}:
  file.managed:
    - name: {{ (target ~ '/' ~ program) | json }}
    - source: {{ (source ~ '/' ~ program) | json }}
    - user: root
    - group: root
    - mode: '0755'
    - makedirs: true
    - dir_mode: '0755'
    - show_changes: false
{%- endfor %}
