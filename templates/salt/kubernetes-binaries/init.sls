# Installs the programs of Kubernetes that every server runs, or that people run there. See README.md in this folder.

{%- from 'map.jinja' import released, distribution with context %}

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
{%- endfor %}

kubernetes-binaries-unit:
  file.managed:
    - name: /etc/systemd/system/kubelet.service
    - source: salt://kubernetes-binaries/files/kubelet.service
    - mode: '0644'

kubernetes-binaries-unit-kubeadm:
  file.managed:
    - name: /etc/systemd/system/kubelet.service.d/10-kubeadm.conf
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

# Programs that were replaced under a kubelet that runs: it is to be the new one.
kubernetes-binaries-kubelet-restart:
  cmd.run:
    - name: systemctl try-restart kubelet
    - onlyif: test -e /var/lib/kubelet/config.yaml
    - onchanges:
      - file: kubernetes-binaries-kubelet
      - cmd: kubernetes-binaries-reload
