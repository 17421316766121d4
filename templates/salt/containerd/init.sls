# Installs, configures and starts containerd, with runc and crictl. See README.md in this folder.

{%- from 'map.jinja' import programs, state, distribution, architecture, proxy_variables, path, release_file, words with context %}

{%- set archive = release_file('containerd-*.tar.gz') %}
{%- set runc = release_file('runc.' ~ architecture) or release_file('runc') %}
{%- set crictl = release_file('crictl-*.tar.gz') %}

{%- for what, file, folder in (('archive', archive, '/usr/local'), ('crictl', crictl, '/usr/local/bin')) if file %}
{%- set arguments = words([file, folder, state ~ '/installed/' ~ what]) %}

containerd-{{ what }}:
  cmd.run:
    - name: {{ (programs ~ '/slipway-unpack ' ~ arguments) | json }}
    - unless: {{ (programs ~ '/slipway-unpack --check ' ~ arguments) | json }}
{%- if what == 'archive' %}
    - watch_in:
      - service: containerd-running
{%- endif %}
{%- endfor %}

{%- if runc %}

containerd-runc:
  file.managed:
    - name: /usr/local/sbin/runc
    - source: {{ runc | json }}
    - mode: '0755'
    - show_changes: false
{%- endif %}

# What is neither the release's nor the image's is the distribution's. crictl is a tool for people; kubeadm before 1.31
# cannot do without it and says so itself.
{%- set wanted = [] %}
{%- for command, package in distribution.containerd_packages | dictsort %}
{%- do wanted.append(command ~ '=' ~ package) %}
{%- endfor %}

containerd-packages:
  cmd.run:
    - name: {{ programs }}/slipway-packages install {{ words(wanted) }}
    - unless: {{ programs }}/slipway-packages complete {{ words(wanted) }}
    - env:
      - PATH: {{ path }}
{%- if archive or runc %}
    - require:
{%- if archive %}
      - cmd: containerd-archive
{%- endif %}
{%- if runc %}
      - file: containerd-runc
{%- endif %}
{%- endif %}

# A package brings a unit for its own program; the release's program, or one that an image has without a unit, has ours.
containerd-unit:
  file.managed:
    - name: /etc/systemd/system/containerd.service
    - source: salt://containerd/files/containerd.service
    - template: jinja
    - mode: '0644'
    - require:
      - cmd: containerd-packages
{%- if not archive %}
    - unless: test -e /usr/lib/systemd/system/containerd.service -o -e /lib/systemd/system/containerd.service
{%- endif %}

{%- if proxy_variables %}

containerd-proxy:
  file.managed:
    - name: /etc/systemd/system/containerd.service.d/slipway-proxy.conf
    - contents:
      - '# Written by Slipway''s Salt states: images may have to come through a proxy.'
      - '[Service]'
{%- for name, value in proxy_variables | dictsort %}
      - {{ ('Environment="' ~ name ~ '=' ~ value.replace('%', '%%') ~ '"') | json }}
{%- endfor %}
    - makedirs: true
    - dir_mode: '0755'
    - mode: '0644'
{%- else %}

containerd-proxy:
  file.absent:
    - name: /etc/systemd/system/containerd.service.d/slipway-proxy.conf
{%- endif %}

containerd-reload:
  cmd.run:
    - name: systemctl daemon-reload
    - onchanges:
      - file: containerd-unit
      - file: containerd-proxy

# Rendered when its turn comes, since it depends on which containerd there is by then, and on what kubeadm wants.
containerd-config:
  file.managed:
    - name: /etc/containerd/config.toml
    - source: salt://containerd/files/config.toml.j2
    - template: jinja
    - makedirs: true
    - dir_mode: '0755'
    - mode: '0644'
    - require:
      - cmd: containerd-packages
      - file: kubernetes-binaries-kubeadm

containerd-crictl-config:
  file.managed:
    - name: /etc/crictl.yaml
    - contents: |
        # Written by Slipway's Salt states.
        runtime-endpoint: unix:///run/containerd/containerd.sock
        image-endpoint: unix:///run/containerd/containerd.sock
    - mode: '0644'

containerd-running:
  service.running:
    - name: containerd
    - enable: true
    - require:
      - cmd: containerd-reload
      - cmd: prerequisites-module-overlay
    - watch:
      - file: containerd-config
      - file: containerd-unit
      - file: containerd-proxy
