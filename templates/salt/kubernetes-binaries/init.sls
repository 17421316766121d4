# Installs the programs of Kubernetes that every server runs, or that people run there. See README.md in this folder.

{%- from 'map.jinja' import released, distribution, state, upgrade_step with context %}

{%- set unit = '/etc/systemd/system/kubelet.service' %}
{%- set drop_in = unit ~ '.d/10-kubeadm.conf' %}

{%- for program in ['kubeadm', 'kubectl', 'kubelet'] %}

# Salt writes it beside its name and moves it there, so that a program that runs is never half replaced.
kubernetes-binaries-{{ program }}:
  file.managed:
    - name: /usr/local/bin/{{ program }}
    - source: {{ released }}/{{ program }}
    - user: root
    - group: root
    - mode: '0755'
    - makedirs: true
    - dir_mode: '0755'
    - show_changes: false
{%- if upgrade_step and program == 'kubelet' %}
    # A kubelet must not be newer than the API server.
    - require:
      - cmd: kubeadm-upgrade
{%- endif %}
{%- endfor %}

kubernetes-binaries-unit:
  file.managed:
    - name: {{ unit }}
    - source: salt://kubernetes-binaries/files/kubelet.service
    - mode: '0644'

kubernetes-binaries-unit-kubeadm:
  file.managed:
    - name: {{ drop_in }}
    - source: salt://kubernetes-binaries/files/10-kubeadm.conf
    - template: jinja
    - context:
        defaults: {{ distribution.kubelet_defaults }}
    - mode: '0644'
    - makedirs: true
    - dir_mode: '0755'

kubernetes-binaries-reload:
  cmd.run:
    - name: systemctl daemon-reload
    - onchanges:
      - file: kubernetes-binaries-unit
      - file: kubernetes-binaries-unit-kubeadm

# Not started here: until kubeadm has written its configuration it could only fail. kubeadm starts it.
kubernetes-binaries-kubelet-enabled:
  service.enabled:
    - name: kubelet
    - require:
      - file: kubernetes-binaries-kubelet
      - cmd: kubernetes-binaries-reload

{%- if upgrade_step %}
{%- set restarted = state ~ '/kubelet-restarted' %}
{%- set read_at_start = ['/usr/local/bin/kubelet', unit, drop_in, '/var/lib/kubelet/config.yaml'] %}

# After kubeadm has changed its configuration. By the time of a file, so that an upgrade which was interrupted in between
# leaves no kubelet running as it was.
kubernetes-binaries-kubelet-restart:
  cmd.run:
    - name: systemctl restart kubelet && touch {{ restarted }}
    - unless: for file in {{ read_at_start | join(' ') }}; do test {{ restarted }} -nt $file || exit 1; done
    - require:
      - file: kubernetes-binaries-kubelet
      - cmd: kubernetes-binaries-reload
{%- else %}

# Programs that were replaced under a kubelet that runs: it is to be the new one.
kubernetes-binaries-kubelet-restart:
  cmd.run:
    - name: systemctl try-restart kubelet
    - onlyif: test -e /var/lib/kubelet/config.yaml
    - onchanges:
      - file: kubernetes-binaries-kubelet
      - cmd: kubernetes-binaries-reload
{%- endif %}
