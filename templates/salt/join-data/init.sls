# Sends join data, the administrator's kubeconfig and reports to Swift. See README.md in this folder.

{%- from 'map.jinja' import programs, etc, state, path, network_environment with context %}

{%- set timed = [
  {'program': 'slipway-join-data', 'description': 'Renews what it takes to join the cluster', 'calendar': '*-*-* 00/6:00:00', 'delay': '1h'},
  {'program': 'slipway-report', 'description': 'Tells Slipway how the cluster is', 'calendar': '*-*-* *:00/2:00', 'delay': '30s'},
] %}

{%- for each in timed %}

join-data-{{ each.program }}:
  file.managed:
    - name: {{ programs }}/{{ each.program }}
    - source: salt://join-data/files/{{ each.program }}
    - mode: '0755'
    - makedirs: true
    - dir_mode: '0755'
    - show_changes: false
    - require:
      - sls: store

{%- for unit in ['service', 'timer'] %}

join-data-{{ each.program }}-{{ unit }}:
  file.managed:
    - name: /etc/systemd/system/{{ each.program }}.{{ unit }}
    - source: salt://join-data/files/timed.{{ unit }}.j2
    - template: jinja
    - context: {{ dict(each, path=path, etc=etc, programs=programs) | json }}
    - mode: '0644'
    - onchanges_in:
      - cmd: join-data-reload
{%- endfor %}
{%- endfor %}

join-data-reload:
  cmd.run:
    - name: systemctl daemon-reload

# Nodes wait for it. From here on the timer keeps it fresh; after a day without that nobody could join, so it is sent
# again. The program says in its last line why it could not.
join-data-sent:
  cmd.run:
    - name: {{ programs }}/slipway-join-data
    - unless: test -n "$(find {{ state }}/join-data -mmin -720 2>/dev/null)"
    - env: {{ network_environment | json }}
    - require:
      - sls: kubeadm
      - file: join-data-slipway-join-data

{%- for each in timed %}

join-data-{{ each.program }}-running:
  service.running:
    - name: {{ each.program }}.timer
    - enable: true
    - require:
      - cmd: join-data-sent
      - cmd: join-data-reload
    - watch:
      - file: join-data-{{ each.program }}-timer
{%- endfor %}
