# Runs OpenStack's cloud controller manager, and Cinder's plugin if it is wanted. See README.md in this folder.

{%- from 'map.jinja' import settings, facts, programs, manifests, first, network_environment, words with context %}
{%- from 'kubectl.jinja' import applied with context %}

{#- What a cluster has once is applied by one server. #}
{%- if first and settings.cloud_provider %}

cloud-provider-program:
  file.managed:
    - name: {{ programs }}/slipway-cloud-config
    - source: salt://cloud-provider/files/slipway-cloud-config
    - mode: '0755'
    - makedirs: true
    - dir_mode: '0755'
    - show_changes: false

# Looks every time, since Slipway may have renewed the credential, and says itself whether anything changed.
cloud-provider-config:
  cmd.run:
    - name: {{ (programs ~ '/slipway-cloud-config ' ~ manifests ~ ' --subnet=' ~ words([facts.subnet])) | json }}
    - stateful: true
    - env: {{ network_environment | json }}
    - require:
      - sls: store
      - sls: kubeadm
      - file: cloud-provider-program

{{- applied('cloud-provider-secret', manifests ~ '/cloud-config.json', [{'cmd': 'cloud-provider-config'}]) }}

{#- The manifests are rendered when their turn comes, since the digest of the Secret is in them: that restarts pods which
    have read the old one. #}
{%- set parts = {'controller-manager': true, 'cinder-csi': settings.cinder_csi, 'storage-class': settings.cinder_csi and settings.default_storage_class} %}
{%- for part in ['controller-manager', 'cinder-csi', 'storage-class'] if parts[part] %}

cloud-provider-{{ part }}-manifest:
  file.managed:
    - name: {{ manifests }}/{{ part }}.yaml
    - source: salt://cloud-provider/files/{{ part }}.yaml.j2
    - template: jinja
    - mode: '0600'
    - makedirs: true
    - dir_mode: '0700'
    - require:
      - cmd: cloud-provider-secret

{%- if part == 'cinder-csi' %}
{{- applied('cloud-provider-cinder-csi-node', manifests ~ '/cinder-csi-node.json', [{'cmd': 'cloud-provider-config'}]) }}
{%- endif %}

{{- applied('cloud-provider-' ~ part, manifests ~ '/' ~ part ~ '.yaml', [{'file': 'cloud-provider-' ~ part ~ '-manifest'}]) }}
{%- endfor %}
{%- else %}

# Either somebody else applies it, or the cluster is to know nothing of the cloud.
cloud-provider-elsewhere:
  test.nop: []
{%- endif %}
