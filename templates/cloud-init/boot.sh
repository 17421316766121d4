#!/bin/bash
#
# Slipway first boot: cloud-init runs this once on every server of a cluster, as root.
#
# It fetches the Kubernetes server tarball by a signed URL, checks it, unpacks it into /opt/slipway/kubernetes and tells
# Heat how that went, so that a node that cannot start fails its stack with a reason instead of a time-out.
#
# Heat fills the parameters in below as one line of JSON. They hold secrets (the signed URL, the password that may
# signal), so: all files are readable by root alone, nothing secret is logged, and curl gets secrets from files or
# standard input, never as arguments that `ps` would show.
#
# SLIPWAY_ROOT and SLIPWAY_RETRY_SECONDS exist for tests; on a server both keep their defaults.

set -o errexit -o errtrace -o nounset -o pipefail
umask 077

readonly root=${SLIPWAY_ROOT:-}
readonly retry_seconds=${SLIPWAY_RETRY_SECONDS:-5}
readonly work=$root/var/lib/slipway
readonly log_file=$root/var/log/slipway-boot.log
readonly release=$root/opt/slipway/kubernetes
readonly archive=$work/kubernetes-server-linux-amd64.tar.gz

parameters() {
  cat <<'END_OF_PARAMETERS'
@PARAMETERS@
END_OF_PARAMETERS
}

# To the log file, and to standard error, which cloud-init shows on the server's console.
log() {
  printf '%s slipway: %s\n' "$(date --utc +%Y-%m-%dT%H:%M:%SZ)" "$*" | tee --append "$log_file" >&2
}

# parameter NAME: prints one parameter. `signal.NAME` prints one of the values inside Heat's `signal` attribute, which is
# itself JSON in a text. cloud-init is written in Python, so wherever this runs there is a python3.
parameter() {
  parameters | python3 -c '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1].split("."):
    value = (json.loads(value) if isinstance(value, str) else value)[key]
print(value)' "$1"
}

# The request for a token of the user that Heat made for this server's signal.
token_request() {
  parameters | python3 -c '
import json, sys
signal = json.loads(json.load(sys.stdin)["signal"])
user = {"id": signal["user_id"], "password": signal["password"]}
identity = {"methods": ["password"], "password": {"user": user}}
print(json.dumps({"auth": {"identity": identity, "scope": {"project": {"id": signal["project_id"]}}}}))'
}

# signal_body STATUS REASON: what Heat's wait condition reads. `data` is JSON in a text, for the stack's outputs.
signal_body() {
  parameters | python3 -c '
import json, sys
status, reason, hostname = sys.argv[1:4]
given = json.load(sys.stdin)
data = {"hostname": hostname, "sha256": given["server_sha256"], "version": given["version"]}
print(json.dumps({"status": status, "reason": reason[:500], "data": json.dumps(data), "id": hostname}))' \
    "$1" "$2" "$HOSTNAME"
}

# Heat may give Keystone's address without /v3, with it, or with it twice.
keystone_url() {
  local url
  url=$(parameter signal.auth_url)
  url=${url%/}
  while [[ $url == */v3 ]]; do url=${url%/v3}; done
  printf '%s/v3\n' "$url"
}

call() {
  curl --fail --silent --show-error --connect-timeout 20 --max-time 60 --header 'Content-Type: application/json' "$@"
}

send_signal() {
  local status=$1 reason=$2
  token_request >"$work/token-request.json"
  call --dump-header "$work/token-headers" --output /dev/null --data-binary "@$work/token-request.json" \
    "$(keystone_url)/auth/tokens" || return
  # Header names come in any case, and lines end in a carriage return.
  { printf 'X-Auth-Token: ' && sed --silent 's/^x-subject-token: *\([^[:space:]]*\).*/\1/Ip' "$work/token-headers"; } \
    >"$work/token" || return
  signal_body "$status" "$reason" |
    call --output /dev/null --header "@$work/token" --data-binary @- "$(parameter signal.alarm_url)"
}

# tell_heat STATUS REASON: signals, for several minutes if need be. Without the signal the stack waits for its time-out.
tell_heat() {
  local attempt
  for attempt in 1 2 3 4 5 6 7 8; do
    if send_signal "$1" "$2" 2>>"$log_file"; then
      log "told Heat: $1"
      rm -f "$work/token-request.json" "$work/token-headers" "$work/token"
      return 0
    fi
    log "attempt $attempt to tell Heat did not work"
    sleep $((attempt * retry_seconds))
  done
  return 1
}

# fail REASON: the one way out when something is wrong.
fail() {
  trap - ERR
  log "stopping: $1"
  tell_heat FAILURE "$1" || log 'Heat could not be told; its wait condition will time out'
  exit 1
}

# One attempt. Prints the HTTP status, 000 when there was no answer.
download() {
  printf 'url = "%s"\n' "$(parameter server_url)" |
    curl --config - --fail --silent --show-error --connect-timeout 20 --speed-limit 1024 --speed-time 60 \
      --max-time 1800 --output "$archive" --write-out '%{http_code}' 2>>"$log_file"
}

# A refusal is final: the URL has expired or is wrong, and asking again helps nobody. Everything else may pass.
fetch() {
  local attempt status
  for attempt in 1 2 3 4 5 6; do
    if status=$(download); then return 0; fi
    case $status in
      408 | 429) ;;
      4??) fail "fetching the Kubernetes tarball: Swift answered $status; the signed URL may have expired" ;;
    esac
    log "attempt $attempt to fetch the tarball did not work (HTTP status $status)"
    sleep $((attempt * retry_seconds))
  done
  fail "fetching the Kubernetes tarball: $attempt attempts did not work, the last with HTTP status $status"
}

check_digest() {
  local expected actual
  expected=$(parameter server_sha256)
  actual=$(sha256sum "$archive")
  actual=${actual%% *}
  [[ $actual == "$expected" ]] || fail "the Kubernetes tarball has sha256 ${actual:0:12}..., expected ${expected:0:12}..."
}

# The digest says that it is the tarball that was published; this says that what was published is of use to a node.
check_contents() {
  local wanted
  tar --list --gzip --file "$archive" >"$work/contents" 2>>"$log_file" ||
    fail 'the Kubernetes tarball cannot be read as a gzipped tar file'
  if grep --extended-regexp --quiet --invert-match '^kubernetes(/|$)' "$work/contents" ||
    grep --extended-regexp --quiet '(^|/)\.\.(/|$)' "$work/contents"; then
    fail 'the Kubernetes tarball has files outside its folder kubernetes/'
  fi
  for wanted in kubelet kubeadm kubectl; do
    grep --line-regexp --fixed-strings --quiet "kubernetes/server/bin/$wanted" "$work/contents" ||
      fail "the Kubernetes tarball has no kubernetes/server/bin/$wanted"
  done
}

# Into a folder beside the final one first, so that a release is either there or not.
unpack() {
  rm -rf "$release.new" "$release"
  mkdir -p "$release.new"
  tar --extract --gzip --no-same-owner --strip-components=1 --directory "$release.new" --file "$archive" 2>>"$log_file" ||
    fail 'unpacking the Kubernetes tarball did not work; the disk may be full'
  mv "$release.new" "$release"
  rm -f "$archive"
}

main() {
  mkdir -p "$work" "${log_file%/*}"
  trap 'fail "the boot script stopped unexpectedly at line $LINENO"' ERR

  log "first boot of $HOSTNAME as $(parameter role) of $(parameter cluster), Kubernetes $(parameter version)"
  fetch
  check_digest
  check_contents
  unpack
  log "unpacked into $release"
  tell_heat SUCCESS "Kubernetes $(parameter version) is on $HOSTNAME" || {
    log 'Heat could not be told of the success; its wait condition will time out'
    exit 1
  }
}

main "$@"
