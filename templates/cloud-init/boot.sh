#!/bin/bash
#
# Slipway first boot: cloud-init runs this once on every server of a cluster, as root.
#
# It fetches the objects of the cluster's release by signed URLs, checks the size and the digest of each, puts them into
# /opt/slipway and tells Heat how that went, so that a node that cannot start fails its stack with a reason instead of a
# time-out. Afterwards there are
#
#   /opt/slipway/kubernetes    the Kubernetes server tarball, unpacked
#   /opt/slipway/salt          the Salt states
#   /opt/slipway/salt-onedir   Salt itself, with a Python of its own
#   /opt/slipway/files         further files that the states use, each by its name
#   /opt/slipway/etc           Salt's configuration: where the states are, and which server this is
#
# as far as the release has them. Nothing of it is run.
#
# Heat fills the parameters in below as one line of JSON. They hold secrets (the signed URLs, the password that may
# signal), so: all files are readable by root alone, nothing secret is logged, and curl gets secrets from files or
# standard input, never as arguments that `ps` would show.
#
# SLIPWAY_ROOT and SLIPWAY_RETRY_SECONDS exist for tests; on a server both keep their defaults.

set -o errexit -o errtrace -o nounset -o pipefail
umask 077

readonly root=${SLIPWAY_ROOT:-}
readonly retry_seconds=${SLIPWAY_RETRY_SECONDS:-5}
readonly work=$root/var/lib/slipway
readonly fetched=$work/objects
readonly log_file=$root/var/log/slipway-boot.log
readonly home=$root/opt/slipway

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
# itself JSON in a text; `objects.2.url` prints a value of the third object. cloud-init is written in Python, so wherever
# this runs there is a python3.
parameter() {
  parameters | python3 -c '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1].split("."):
    value = json.loads(value) if isinstance(value, str) else value
    value = value[int(key) if isinstance(value, list) else key]
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
data = {"hostname": hostname, "release": given["release"], "version": given["version"]}
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

# The objects of the release, one a line: position, kind, size, digest and name. Heat checks nothing inside a list, so
# that is done here: names become paths, and URLs become lines of a configuration for curl.
list_objects() {
  parameters | python3 -c '
import json, re, sys
names, kinds = set(), set()
for position, each in enumerate(json.load(sys.stdin)["objects"]):
    def checked(key, pattern):
        value = str(each.get(key))
        if re.fullmatch(pattern, value):
            return value
        shown = "" if key == "url" else ": " + repr(value[:80])
        sys.exit("%s of object %d is not what it has to be%s" % (key, position + 1, shown))
    kind = checked("kind", "kubernetes|states|salt|file")
    name = checked("name", "[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
    if name in names or (kind in kinds and kind != "file"):
        sys.exit("%s is one too many of its name or kind" % name)
    names.add(name)
    kinds.add(kind)
    checked("url", r"https?://[!#-\[\]-~]+")
    print(position, kind, checked("size", "[0-9]+"), checked("sha256", "[0-9a-f]{64}"), name)
if "kubernetes" not in kinds:
    sys.exit("Kubernetes is not among the objects")'
}

# download POSITION FILE: one attempt. Prints the HTTP status, 000 when there was no answer.
download() {
  printf 'url = "%s"\n' "$(parameter "objects.$1.url")" |
    curl --config - --globoff --fail --silent --show-error --connect-timeout 20 --speed-limit 1024 --speed-time 60 \
      --max-time 1800 --output "$2" --write-out '%{http_code}' 2>>"$log_file"
}

# fetch POSITION NAME. A refusal is final: the URL has expired or is wrong, and asking again helps nobody. So is a file
# that cannot be written. Everything else may pass.
fetch() {
  local position=$1 name=$2 attempt status code
  for attempt in 1 2 3 4 5 6; do
    code=0
    status=$(download "$position" "$fetched/$name") || code=$?
    case $code:$status in
      0:*) return 0 ;;
      23:*) fail "fetching $name: it could not be written; the disk may be full" ;;
      *:408 | *:429) ;;
      *:4??) fail "fetching $name: Swift answered $status; the signed URL may have expired" ;;
    esac
    log "attempt $attempt to fetch $name did not work (HTTP status $status, curl $code)"
    sleep $((attempt * retry_seconds))
  done
  fail "fetching $name: $attempt attempts did not work, the last with HTTP status $status"
}

# check_bytes NAME SIZE SHA256
check_bytes() {
  local name=$1 size sha256
  size=$(stat --format=%s "$fetched/$name")
  [[ $size == "$2" ]] || fail "$name has $size bytes, expected $2"
  sha256=$(sha256sum "$fetched/$name")
  sha256=${sha256%% *}
  [[ $sha256 == "$3" ]] || fail "$name has sha256 ${sha256:0:12}..., expected ${3:0:12}..."
}

# plain_tar NAME: an archive without its compression, which its first bytes tell: not every address says it at its end,
# and names come from addresses. Not every image has xz and bzip2, but Python can do the same.
plain_tar() {
  local archive=$fetched/$1
  case $(head --bytes=3 "$archive" | od --address-radix=n --format=x1 | tr --delete ' \n') in
    1f8b*) gzip --decompress --stdout <"$archive" ;;
    28b52f) zstd --decompress --stdout <"$archive" ;;
    425a68) decompress bz2 "$archive" ;;
    *) decompress lzma "$archive" ;;
  esac
}

# decompress MODULE FILE: by one of Python's own modules.
decompress() {
  python3 -c '
import importlib, shutil, sys
with importlib.import_module(sys.argv[1]).open(sys.argv[2]) as archive:
    shutil.copyfileobj(archive, sys.stdout.buffer)' "$1" "$2"
}

# check_contents NAME FOLDER WANTED...: a digest says that an archive is the one that was published; this says that what
# was published is of use to a server. Everything lies in its one folder, and what is wanted is there.
check_contents() {
  local name=$1 folder=$2 wanted
  shift 2
  plain_tar "$name" 2>>"$log_file" | tar --list --file - >"$work/contents" 2>>"$log_file" ||
    fail "$name cannot be read as a compressed tar file"
  if grep --extended-regexp --quiet --invert-match "^$folder(/|\$)" "$work/contents" ||
    grep --extended-regexp --quiet '(^|/)\.\.(/|$)' "$work/contents"; then
    fail "$name has files outside its folder $folder/"
  fi
  for wanted in "$@"; do
    grep --line-regexp --fixed-strings --quiet "$folder/$wanted" "$work/contents" || fail "$name has no $folder/$wanted"
  done
}

# check_use KIND NAME
check_use() {
  case $1 in
    kubernetes) check_contents "$2" kubernetes server/bin/kubelet server/bin/kubeadm server/bin/kubectl ;;
    states) check_contents "$2" salt top.sls ;;
    salt) check_contents "$2" salt salt-call ;;
  esac
}

# unpack NAME FOLDER: what lies in the archive's one folder.
unpack() {
  mkdir -p "$2"
  plain_tar "$1" 2>>"$log_file" |
    tar --extract --no-same-owner --strip-components=1 --directory "$2" --file - 2>>"$log_file" ||
    fail "unpacking $1 did not work; the disk may be full"
  rm -f "$fetched/$1"
}

# place KIND NAME
place() {
  case $1 in
    kubernetes) unpack "$2" "$home.new/kubernetes" ;;
    states) unpack "$2" "$home.new/salt" ;;
    salt) unpack "$2" "$home.new/salt-onedir" ;;
    file)
      mkdir -p "$home.new/files"
      mv "$fetched/$2" "$home.new/files/$2"
      ;;
  esac
}

# Salt's configuration for a server without a master; JSON is YAML. The grain `slipway` tells states where they are.
configure_salt() {
  mkdir -p "$home.new/etc"
  parameters | python3 -c '
import json, sys
given, home = json.load(sys.stdin), sys.argv[1]
grain = {key: given[key] for key in ("cluster", "role", "version", "release")}
print(json.dumps({"file_client": "local", "file_roots": {"base": [home + "/salt"]}, "grains": {"slipway": grain}}))' \
    "$home" >"$home.new/etc/minion"
}

main() {
  local position kind size sha256 name problem
  mkdir -p "$work" "${log_file%/*}"
  trap 'fail "the boot script stopped unexpectedly at line $LINENO"' ERR

  log "first boot of $HOSTNAME as $(parameter role) of $(parameter cluster), release $(parameter release)"
  problem=$(list_objects 2>&1 >"$work/objects.list") || fail "reading the release: ${problem##*$'\n'}"
  rm -rf "$fetched" "$home.new"
  mkdir -p "$fetched" "$home.new"

  while read -r position kind size sha256 name; do
    fetch "$position" "$name"
    check_bytes "$name" "$size" "$sha256"
    check_use "$kind" "$name"
    log "fetched $name"
  done <"$work/objects.list"
  # Into a folder beside the final one first, so that a release is either there or not.
  while read -r position kind size sha256 name; do
    place "$kind" "$name"
  done <"$work/objects.list"
  configure_salt
  rm -rf "$home" "$fetched"
  mv "$home.new" "$home"
  log "the release is in $home"

  tell_heat SUCCESS "Kubernetes $(parameter version) is on $HOSTNAME" || {
    log 'Heat could not be told of the success; its wait condition will time out'
    exit 1
  }
}

main "$@"
