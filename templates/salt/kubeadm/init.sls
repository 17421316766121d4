# Makes this server a member of the cluster: the first one starts it, all others join. See README.md in this folder.

{%- from 'map.jinja' import slipway, programs, etc, state, admin_conf, path, minor, control_plane, first, upgrade_step, network_environment, cluster_environment, words with context %}

{#- kubeadm came to its end here once. Whether the cluster answers right now is another question: a cluster that does
    not must never be started anew. #}
{%- set finished = 'test -e ' ~ state ~ '/kubeadm -a -e /etc/kubernetes/kubelet.conf' %}
{%- set join_data = etc ~ '/join.json' %}
{%- set url = 'join_control_plane_get' if control_plane else 'join_node_get' %}

kubeadm-program:
  file.managed:
    - name: {{ programs }}/slipway-kubeadm
    - source: salt://kubeadm/files/slipway-kubeadm
    - mode: '0755'
    - makedirs: true
    - dir_mode: '0755'
    - show_changes: false

{%- if upgrade_step %}
{%- set flags = [] %}
{%- if minor >= 31 %}
{%- do flags.append('--config=' ~ etc ~ '/kubeadm-upgrade.yaml') %}

kubeadm-upgrade-config:
  file.managed:
    - name: {{ etc }}/kubeadm-upgrade.yaml
    - source: salt://kubeadm/files/upgrade.yaml.j2
    - template: jinja
    - mode: '0600'
    - makedirs: true
    - dir_mode: '0700'
    - require_in:
      - cmd: kubeadm-upgrade
{%- endif %}
{%- if upgrade_step == 'apply' %}
{#- Which versions a cluster may have is decided in clusters.yaml, and a build of one's own is not a final release. #}
{%- do flags.extend(['--allow-experimental-upgrades', '--allow-release-candidate-upgrades']) %}
{%- endif %}
{%- if slipway.kubeadm.ignore_preflight_errors %}
{%- do flags.append('--ignore-preflight-errors=' ~ slipway.kubeadm.ignore_preflight_errors | join(',')) %}
{%- endif %}

# Before the new kubelet is installed. Slipway has moved the pods to other nodes by then.
kubeadm-upgrade:
  cmd.run:
    - name: {{ (programs ~ '/slipway-kubeadm upgrade ' ~ words([upgrade_step] + flags)) | json }}
    - unless: test "$(cat {{ state }}/kubeadm)" = "$(kubeadm version --output short)"
    - env:
      - PATH: {{ path }}
    - require:
      - file: kubeadm-program
      - file: kubernetes-binaries-kubeadm
      - file: kubernetes-binaries-kubectl
      - sls: prerequisites
      - sls: containerd
      - sls: cni-plugins
      - sls: kubernetes-images
{%- endif %}

# Everything that kubeadm works with is there, or it is not run.
kubeadm-prepared:
  test.nop:
    - require:
      - file: kubeadm-program
      - sls: prerequisites
      - sls: store
      - sls: kubernetes-binaries
      - sls: containerd
      - sls: cni-plugins
      - sls: kubernetes-images

{%- if first %}

# A cluster that is there already has sent join data: this server replaces one that is gone. Only the answer that there
# is none starts a cluster; no answer does not.
kubeadm-look:
  cmd.run:
    - name: >-
        rm -f {{ join_data }}; {{ programs }}/slipway-store get {{ url }} {{ join_data }}
        || test $? = 3
    - unless: {{ finished }}
    - env: {{ network_environment | json }}
    - require:
      - test: kubeadm-prepared

kubeadm-init-config:
  file.managed:
    - name: {{ etc }}/kubeadm-init.yaml
    - source: salt://kubeadm/files/init.yaml.j2
    - template: jinja
    - mode: '0600'
    - makedirs: true
    - dir_mode: '0700'
    - unless: {{ finished }} || test -e {{ join_data }}
    - require:
      - cmd: kubeadm-look

kubeadm-init:
  cmd.run:
    - name: {{ programs }}/slipway-kubeadm init {{ etc }}/kubeadm-init.yaml
    - unless: {{ finished }} || test -e {{ join_data }}
    - env:
      - PATH: {{ path }}
    - require:
      - file: kubeadm-init-config
{%- endif %}

# Less than Heat waits for this server, so that the reason is this one and not Heat's time-out.
kubeadm-wait:
  cmd.run:
    - name: {{ programs }}/slipway-store wait {{ url }} {{ join_data }} --seconds {{ slipway.join_data.wait_seconds | int }} --unexpired
    - unless: {{ finished }}
{%- if first %}
    - onlyif: test -e {{ join_data }}
{%- endif %}
    - env: {{ network_environment | json }}
    - require:
      - test: kubeadm-prepared
{%- if first %}
      - cmd: kubeadm-init
{%- endif %}

kubeadm-join-config:
  file.managed:
    - name: {{ etc }}/kubeadm-join.yaml
    - source: salt://kubeadm/files/join.yaml.j2
    - template: jinja
    - context:
        join_data: {{ join_data }}
    - mode: '0600'
    - makedirs: true
    - dir_mode: '0700'
    - show_changes: false
    - unless: {{ finished }}
    - onlyif: test -e {{ join_data }}
    - require:
      - cmd: kubeadm-wait

kubeadm-join:
  cmd.run:
    - name: {{ programs }}/slipway-kubeadm join {{ etc }}/kubeadm-join.yaml
    - unless: {{ finished }}
    - onlyif: test -e {{ join_data }}
    - env:
      - PATH: {{ path }}
    - require:
      - file: kubeadm-join-config

{%- for file in [join_data, etc ~ '/kubeadm-join.yaml'] %}

# Whoever has it could join as well.
kubeadm-forget-{{ file.split('/')[-1] }}:
  file.absent:
    - name: {{ file }}
    - require:
      - cmd: kubeadm-join
{%- endfor %}

{%- if control_plane %}
{%- set ready = 'kubectl --kubeconfig ' ~ admin_conf ~ ' --request-timeout=10s get --raw /readyz' %}

# Behind a load balancer that can take a while longer than kubeadm.
kubeadm-answers:
  cmd.run:
    - name: >-
        for attempt in $(seq 60); do {{ ready }} >/dev/null 2>&1 && exit 0; sleep 5; done;
        echo "the API server is not ready after five minutes: $({{ ready }} 2>&1 | tail -n 1)" >&2; exit 1
    - unless: {{ ready }} >/dev/null 2>&1
    - env: {{ cluster_environment | json }}
    - require:
      - cmd: kubeadm-join

kubeadm-for-root:
  file.symlink:
    - name: /root/.kube/config
    - target: {{ admin_conf }}
    - makedirs: true
    - unless: test -e /root/.kube/config
    - require:
      - cmd: kubeadm-answers
{%- endif %}
