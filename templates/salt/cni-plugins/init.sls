# Puts the basic network plugins into /opt/cni/bin. See README.md in this folder.

{%- from 'map.jinja' import programs, state, distribution, path, release_file, words with context %}

{%- set archive = release_file('cni-plugins-*.tgz') or release_file('cni-plugins-*.tar.gz') %}

{%- if archive %}
{%- set arguments = words([archive, '/opt/cni/bin', state ~ '/installed/cni-plugins']) %}

cni-plugins-archive:
  cmd.run:
    - name: {{ (programs ~ '/slipway-unpack ' ~ arguments) | json }}
    - unless: {{ (programs ~ '/slipway-unpack --check ' ~ arguments) | json }}
{%- else %}

# The image may have them in either folder.
{%- set folders = '/opt/cni/bin:' ~ distribution.cni_folder %}

cni-plugins-package:
  cmd.run:
    - name: {{ programs }}/slipway-packages install {{ words(['loopback=' ~ distribution.cni_package]) }}
    - unless: {{ programs }}/slipway-packages complete {{ words(['loopback=' ~ distribution.cni_package]) }}
    - env:
      - PATH: {{ path }}:{{ folders }}

# Network plugins mount /opt/cni/bin and add their own, so it is a folder of copies and not a link.
cni-plugins-copies:
  cmd.run:
    - name: mkdir -p /opt/cni/bin && cp --update --target-directory=/opt/cni/bin {{ distribution.cni_folder }}/*
    - unless: >-
        for plugin in {{ distribution.cni_folder }}/*; do
        if test -e "$plugin"; then cmp -s "$plugin" "/opt/cni/bin/${plugin##*/}" || exit 1; fi; done
    - require:
      - cmd: cni-plugins-package
{%- endif %}

# A plugin that is not there shows only in pods that do not start.
cni-plugins-complete:
  cmd.run:
    - name: 'echo "there is no loopback, bridge, host-local or portmap in /opt/cni/bin" >&2; exit 1'
    - unless: cd /opt/cni/bin && test -x loopback && test -x bridge && test -x host-local && test -x portmap
