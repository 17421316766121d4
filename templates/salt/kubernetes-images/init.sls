# Brings the release's images into containerd. See README.md in this folder.

{%- from 'map.jinja' import programs, settings, released, files, control_plane, path, words with context %}

kubernetes-images-program:
  file.managed:
    - name: {{ programs }}/slipway-images
    - source: salt://kubernetes-images/files/slipway-images
    - mode: '0755'
    - makedirs: true
    - dir_mode: '0755'
    - show_changes: false

{#- A node runs no control plane, but kube-proxy. #}
{%- set built = salt['file.find'](released, name='*.tar' if control_plane else 'kube-proxy.tar', type='f', maxdepth=1) if salt['file.directory_exists'](released) else [] %}
{%- set given = [] %}
{%- for pattern in ['images-*.tar', 'images-*.tar.gz', 'images-*.tar.zst'] if salt['file.directory_exists'](files) %}
{%- do given.extend(salt['file.find'](files, name=pattern, type='f', maxdepth=1)) %}
{%- endfor %}

{%- for archive in built | sort + given | sort %}
{%- set arguments = words(['--repository', settings.image_repository or 'registry.k8s.io', archive]) %}

kubernetes-images-{{ archive.split('/')[-1] }}:
  cmd.run:
    - name: {{ (programs ~ '/slipway-images import ' ~ arguments) | json }}
    - unless: {{ (programs ~ '/slipway-images import --check ' ~ arguments) | json }}
    - env:
      - PATH: {{ path }}
    - require:
      - file: kubernetes-images-program
      - service: containerd-running
{%- endfor %}
