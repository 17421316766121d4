# Lets this server upgrade itself when Slipway says so. See README.md in this folder.

{%- from 'map.jinja' import programs, etc, path with context %}

upgrade-program:
  file.managed:
    - name: {{ programs }}/slipway-upgrade
    - source: salt://upgrade/files/slipway-upgrade
    - mode: '0755'
    - makedirs: true
    - dir_mode: '0755'
    - show_changes: false
    - require:
      - sls: store

{%- for unit in ['service', 'timer'] %}

upgrade-{{ unit }}:
  file.managed:
    - name: /etc/systemd/system/slipway-upgrade.{{ unit }}
    - source: salt://upgrade/files/slipway-upgrade.{{ unit }}.j2
    - template: jinja
    - context: {{ {'path': path, 'etc': etc, 'programs': programs} | json }}
    - mode: '0644'
{%- endfor %}

upgrade-reload:
  cmd.run:
    - name: systemctl daemon-reload
    - onchanges:
      - file: upgrade-service
      - file: upgrade-timer

# Not before the server is a member of the cluster. A changed timer is started anew, the upgrade that may just be at work
# is not.
upgrade-running:
  service.running:
    - name: slipway-upgrade.timer
    - enable: true
    - require:
      - sls: kubeadm
      - file: upgrade-program
      - cmd: upgrade-reload
    - watch:
      - file: upgrade-timer
