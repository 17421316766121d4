# Makes a server fit for a kubelet: kernel, swap, packages, proxies. See README.md in this folder.

{%- from 'map.jinja' import programs, distribution, files, proxy, has_proxy, path, words with context %}

{%- if grains['os_family'] not in ('Debian', 'RedHat') %}
prerequisites-distribution:
  test.fail_without_changes:
    - name: {{ ('these states know Debian, Ubuntu, Rocky and Alma, not ' ~ grains['os']) | json }}
    - comment: {{ ('these states know Debian, Ubuntu, Rocky and Alma, not ' ~ grains['os']) | json }}
    - failhard: true
{%- endif %}

{%- for program in ['slipway-packages', 'slipway-unpack'] %}

prerequisites-{{ program }}:
  file.managed:
    - name: {{ programs }}/{{ program }}
    - source: salt://prerequisites/files/{{ program }}
    - mode: '0755'
    - makedirs: true
    - dir_mode: '0755'
    - show_changes: false
{%- endfor %}

{#- Proxies come first, since packages may have to come through one. #}
{%- if grains['os_family'] == 'Debian' %}
{%- if has_proxy %}

prerequisites-apt-proxy:
  file.managed:
    - name: /etc/apt/apt.conf.d/80slipway-proxy
    - makedirs: true
    - contents:
      - // Written by Slipway's Salt states.
{%- for scheme in ['http', 'https'] if proxy[scheme] %}
      - {{ ('Acquire::' ~ scheme ~ '::Proxy "' ~ proxy[scheme] ~ '";') | json }}
{%- endfor %}
{%- else %}

prerequisites-apt-proxy:
  file.absent:
    - name: /etc/apt/apt.conf.d/80slipway-proxy
{%- endif %}
{%- elif has_proxy %}

prerequisites-dnf-proxy:
  file.replace:
    - name: /etc/dnf/dnf.conf
    - pattern: ^proxy\s*=.*$
    - repl: {{ ('proxy=' ~ (proxy.https or proxy.http)) | json }}
    - append_if_not_found: true
    - ignore_if_missing: true
    - backup: false
{%- endif %}

{#- Services that talk to the outside, such as containerd, get the proxies by drop-ins of their own states. #}

{%- set package_files = salt['file.find'](files, name=distribution.package_files, type='f', maxdepth=1) if salt['file.directory_exists'](files) else [] %}
{%- if package_files %}

prerequisites-package-files:
  cmd.run:
    - name: {{ programs }}/slipway-packages install-offline {{ words(package_files | sort) }}
    - unless: {{ programs }}/slipway-packages complete-offline {{ words(package_files | sort) }}
    - env:
      - PATH: {{ path }}
    - require:
      - file: prerequisites-slipway-packages
    - require_in:
      - cmd: prerequisites-packages
{%- endif %}

{%- set wanted = [] %}
{%- for command, package in distribution.packages | dictsort %}
{%- do wanted.append(command ~ '=' ~ package) %}
{%- endfor %}

prerequisites-packages:
  cmd.run:
    - name: {{ programs }}/slipway-packages install {{ words(wanted) }}
    - unless: {{ programs }}/slipway-packages complete {{ words(wanted) }}
    - env:
      - PATH: {{ path }}
    - require:
      - file: prerequisites-slipway-packages

prerequisites-modules-file:
  file.managed:
    - name: /etc/modules-load.d/slipway.conf
    - makedirs: true
    - contents: |
        # Written by Slipway's Salt states: what containerd and kube-proxy need.
        overlay
        br_netfilter

# A container may not load modules, but then its host has done so, or they are built in: what counts is that they work.
{%- set works = {
  'overlay': 'grep -qw overlay /proc/filesystems',
  'br_netfilter': 'test -e /proc/sys/net/bridge/bridge-nf-call-iptables',
} %}
{%- for module, check in works | dictsort %}

prerequisites-module-{{ module }}:
  cmd.run:
    - name: modprobe {{ module }} && { {{ check }} || { echo 'the kernel has a module {{ module }} that does not work here' >&2; exit 1; }; }
    - unless: {{ check }}
    - env:
      - PATH: {{ path }}
    - require:
      - cmd: prerequisites-packages
{%- endfor %}

prerequisites-sysctl-file:
  file.managed:
    - name: /etc/sysctl.d/90-slipway.conf
    - makedirs: true
    - contents: |
        # Written by Slipway's Salt states: packets of pods are routed, and pass the rules of kube-proxy.
        net.ipv4.ip_forward = 1
        net.bridge.bridge-nf-call-iptables = 1
        net.bridge.bridge-nf-call-ip6tables = 1

prerequisites-sysctl:
  cmd.run:
    - name: sysctl --quiet --load /etc/sysctl.d/90-slipway.conf
    - unless: >-
        test "$(cat /proc/sys/net/ipv4/ip_forward
        /proc/sys/net/bridge/bridge-nf-call-iptables
        /proc/sys/net/bridge/bridge-nf-call-ip6tables | tr -d '\n')" = 111
    - env:
      - PATH: {{ path }}
    - require:
      - file: prerequisites-sysctl-file
      - cmd: prerequisites-module-br_netfilter

# The first line of /proc/swaps is a heading.
prerequisites-swap:
  cmd.run:
    - name: swapoff --all
    - unless: test "$(wc -l < /proc/swaps)" -le 1
    - env:
      - PATH: {{ path }}

prerequisites-swap-fstab:
  file.replace:
    - name: /etc/fstab
    - pattern: ^([^#\n]\S*[ \t]+\S+[ \t]+swap[ \t].*)$
    - repl: '# \1'
    - backup: false
    - onlyif: test -f /etc/fstab

{%- if grains['os_family'] == 'RedHat' %}

# kubeadm's etcd and the host paths of network plugins have no labels that enforcing SELinux would let through.
prerequisites-selinux:
  cmd.run:
    - name: setenforce 0
    - onlyif: test "$(getenforce 2>/dev/null)" = Enforcing
    - env:
      - PATH: {{ path }}

prerequisites-selinux-config:
  file.replace:
    - name: /etc/selinux/config
    - pattern: ^SELINUX=enforcing\b.*$
    - repl: SELINUX=permissive
    - backup: false
    - onlyif: test -f /etc/selinux/config
{%- endif %}

# The rules are those of the cloud's security groups and of the network plugin.
prerequisites-firewalld:
  service.dead:
    - name: firewalld
    - enable: false
    - onlyif: systemctl cat firewalld.service
