# Installs the program that reaches the cluster's objects in Swift. See README.md in this folder.

{%- from 'map.jinja' import programs, etc, proxy_variables with context %}

store-program:
  file.managed:
    - name: {{ programs }}/slipway-store
    - source: salt://store/files/slipway-store
    - mode: '0755'
    - makedirs: true
    - dir_mode: '0755'
    - show_changes: false

# What timers start has no environment but this.
store-environment:
  file.managed:
    - name: {{ etc }}/environment
    - contents: |
        # Written by Slipway's Salt states.
{%- for name, value in proxy_variables | dictsort %}
        {{ name }}={{ value }}
{%- endfor %}
    - mode: '0600'
    - makedirs: true
    - dir_mode: '0700'
