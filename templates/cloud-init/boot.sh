#!/bin/bash
#
# Slipway first boot: cloud-init runs this once on every server of a cluster, as root.
#
# It fetches the objects of the cluster's release by signed URLs, checks the size and the digest of each, puts them into
# /opt/slipway, applies the Salt states, and tells Heat how that went, so that a server that cannot start fails its stack
# with a reason instead of a time-out. Afterwards there are
#
#   /opt/slipway/kubernetes    the Kubernetes server tarball, unpacked
#   /opt/slipway/salt          the Salt states
#   /opt/slipway/salt-onedir   Salt itself, with a Python of its own
#   /opt/slipway/files         further files that the states use, each by its name
#   /opt/slipway/pillar        what the states are told of the server and its cluster
#   /opt/slipway/etc           Salt's configuration, and store.json: signed URLs of what the servers share in Swift
#
# as far as the release has them. Whoever runs it again gets the same: what is there is kept, and the states are applied
# once more. Its log is /var/log/slipway-boot.log; of a boot that failed, Swift has the end of it.
#
# The parameters are JSON in a file that cloud-init writes before. They hold secrets (the signed URLs, the password that
# may signal), so: all files are readable by root alone, nothing secret is logged, and programs get secrets from files or
# standard input, never as arguments that `ps` would show.
#
# The variables SLIPWAY_... exist for tests; on a server they keep their defaults.

set -o errexit -o errtrace -o nounset -o pipefail
umask 077
export LC_ALL=C.UTF-8

readonly root=${SLIPWAY_ROOT:-}
readonly retry_seconds=${SLIPWAY_RETRY_SECONDS:-5}
readonly work=$root/var/lib/slipway
readonly given=$work/parameters.json
readonly fetched=$work/objects
# In memory, so that it works on a full disk, too, and nothing secret is left on one.
readonly scratch=$root/run/slipway
readonly log_file=$root/var/log/slipway-boot.log
readonly home=$root/opt/slipway
# The name of the server in Nova, and of the node in Kubernetes. Some images make it a name with a domain.
host=$(uname --nodename)
readonly host=${host%%.*}
# True when a boot came this far before: then Heat may long have stopped waiting.
again=false

# To the log file, which is standard error here, and to descriptor 3, which cloud-init shows on the server's console.
# Never fails, because disks are full at times.
log() {
  local line
  line="$(date --utc +%Y-%m-%dT%H:%M:%SZ) slipway: $*"
  printf '%s\n' "$line" >&2 || true
  printf '%s\n' "$line" >&3 || true
}

# python PROGRAM ARGUMENT...: of its standard library alone. cloud-init is written in Python, so wherever this runs there
# is a python3.
python() {
  python3 -I -S -c "$@"
}

# with_parameters PROGRAM ARGUMENT...: the program has the parameters in `given`.
with_parameters() {
  python "
import json, os, re, sys
with open(sys.argv.pop(1), encoding='utf-8') as file:
    given = json.load(file)
$1" "$given" "${@:2}"
}

# parameter NAME: prints one parameter. `signal.NAME` prints one of the values inside Heat's `signal` attribute, which is
# itself JSON in a text; `objects.2.url` prints a value of the third object.
parameter() {
  with_parameters '
value = given
for key in sys.argv[1].split("."):
    value = json.loads(value) if isinstance(value, str) else value
    value = value[int(key) if isinstance(value, list) else key]
print("" if value is None else value)' "$1"
}

# optional NAME: prints a parameter, or nothing when there is none.
optional() {
  parameter "$1" 2>/dev/null || true
}

# How long Heat waits for this server, which wants to be told before that of what has no end.
boot_seconds() {
  local seconds
  seconds=$(optional settings.boot_seconds)
  [[ $seconds =~ ^[1-9][0-9]{0,5}$ ]] || seconds=1800
  printf '%s\n' "$seconds"
}

# Without a way to signal there is nobody to tell but the console.
check_parameters() {
  local problem
  problem=$(with_parameters 'json.loads(given["signal"])["alarm_url"]' 2>&1) || {
    log "stopping: the parameters in $given cannot be used, and nobody be told: ${problem##*$'\n'}"
    exit 1
  }
  problem=$(with_parameters '
print(" ".join(key for key in ("cluster", "role", "version", "release", "objects") if given.get(key) in (None, "")))')
  [[ -z $problem ]] || fail "the parameters lack $problem"
}

# For curl, for Salt and all that it runs. A server reaches itself and the control plane without a proxy.
use_proxies() {
  local name proxy no='' used=false
  for name in http https; do
    proxy=$(optional "settings.proxy.$name")
    [[ -n $proxy ]] || continue
    used=true
    export "${name}_proxy=$proxy" "${name^^}_PROXY=$proxy"
  done
  $used || return 0
  for name in "$(optional settings.proxy.no)" localhost 127.0.0.1 "$host" "$(optional facts.endpoint)"; do
    [[ -z $name ]] || no+=${no:+,}$name
  done
  export no_proxy=$no NO_PROXY=$no
}

# The request for a token of the user that Heat made for this server's signal.
token_request() {
  with_parameters '
signal = json.loads(given["signal"])
user = {"id": signal["user_id"], "password": signal["password"]}
identity = {"methods": ["password"], "password": {"user": user}}
print(json.dumps({"auth": {"identity": identity, "scope": {"project": {"id": signal["project_id"]}}}}))'
}

# signal_body STATUS REASON: what Heat's wait condition reads. `data` is JSON in a text, for the stack's outputs.
signal_body() {
  with_parameters '
status, reason, host = sys.argv[1:4]
reason = reason.encode("utf-8", "replace").decode()
data = {"hostname": host, "release": given.get("release"), "version": given.get("version")}
print(json.dumps({"status": status, "reason": reason, "data": json.dumps(data), "id": host}))' "$1" "$2" "$host"
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
  token_request >"$scratch/token-request.json" || return
  call --dump-header "$scratch/token-headers" --output /dev/null --data-binary "@$scratch/token-request.json" \
    "$(keystone_url)/auth/tokens" || return
  # Header names come in any case, and lines end in a carriage return.
  { printf 'X-Auth-Token: ' && sed --silent 's/^x-subject-token: *\([^[:space:]]*\).*/\1/Ip' "$scratch/token-headers"; } \
    >"$scratch/token" || return
  signal_body "$status" "$reason" |
    call --output /dev/null --header "@$scratch/token" --data-binary @- "$(parameter signal.alarm_url)"
}

# tell_heat STATUS REASON: signals, for several minutes if need be. Without the signal the stack waits for its time-out.
tell_heat() {
  local attempt attempts=8
  if $again; then attempts=2; fi
  for ((attempt = 1; attempt <= attempts; attempt++)); do
    if send_signal "$1" "$2"; then
      log "told Heat: $1"
      return 0
    fi
    log "attempt $attempt to tell Heat did not work"
    sleep $((attempt * retry_seconds))
  done
  return 1
}

# The end of the log goes to Swift, where Slipway finds it. For half a minute at most, since the signal matters more.
upload_log() {
  local url attempt
  url=$(optional store.log_put)
  url=${url//@HOST@/$host}
  # What could end a line of a configuration for curl is in no URL.
  if [[ ! $url =~ ^https?://[^\"\\[:space:][:cntrl:]]+$ ]]; then
    log 'the log cannot go to Swift: there is no signed URL for it'
    return
  fi
  tail --bytes=262144 "$log_file" >"$scratch/log"
  for attempt in 1 2 3; do
    if printf 'url = "%s"\n' "$url" | curl --config - --globoff --fail --silent --show-error --connect-timeout 5 \
      --max-time 8 --header 'Content-Type: text/plain; charset=utf-8' --upload-file "$scratch/log" --output /dev/null; then
      log 'the end of this log is in Swift'
      return
    fi
    log "attempt $attempt to upload the log did not work"
    sleep $((retry_seconds / 3))
  done
}

# fail REASON: the one way out when something is wrong. What is known to be of no use goes first: the disk may be full.
fail() {
  local reason=${1//[[:cntrl:]]/ }
  trap - ERR
  set +o errexit
  log "stopping: $reason"
  rm -rf "$fetched" "$home.new"
  upload_log
  tell_heat FAILURE "${reason:0:500}" || log 'Heat could not be told; its wait condition will time out'
  exit 1
}

# The objects of the release, one a line: position, kind, size, digest and name. Heat checks nothing inside a list, so
# that is done here: names become paths, and URLs become lines of a configuration for curl.
list_objects() {
  with_parameters '
names, kinds = set(), set()
for position, each in enumerate(given["objects"]):
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

# download POSITION FILE: one attempt. Prints the HTTP status, 000 when there was no answer, and what curl says of it.
download() {
  printf 'url = "%s"\n' "$(parameter "objects.$1.url")" |
    curl --config - --globoff --fail --silent --show-error --connect-timeout 20 --speed-limit 1024 --speed-time 60 \
      --max-time 1800 --output "$2" --write-out '%{http_code} %{errormsg}'
}

# fetch POSITION NAME. A refusal is final: the URL has expired or is wrong, and asking again helps nobody. So is a file
# that cannot be written. Everything else may pass.
fetch() {
  local position=$1 name=$2 attempt answer status code
  for attempt in 1 2 3 4 5 6; do
    code=0
    answer=$(download "$position" "$fetched/$name") || code=$?
    status=${answer%% *}
    case $code:$status in
      0:*) return 0 ;;
      23:*) fail "fetching $name: it could not be written; the disk may be full" ;;
      *:408 | *:429) ;;
      *:4??) fail "fetching $name: Swift answered $status; the signed URL may have expired" ;;
    esac
    answer="HTTP status $status, ${answer#* }"
    log "attempt $attempt to fetch $name did not work: $answer (curl $code)"
    sleep $((attempt * retry_seconds))
  done
  fail "fetching $name: $attempt attempts did not work, the last with $answer"
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
  python '
import importlib, shutil, sys
with importlib.import_module(sys.argv[1]).open(sys.argv[2]) as archive:
    shutil.copyfileobj(archive, sys.stdout.buffer)' "$1" "$2"
}

# check_contents NAME FOLDER WANTED...: a digest says that an archive is the one that was published; this says that what
# was published is of use to a server. Everything lies in its one folder, and what is wanted is there.
check_contents() {
  local name=$1 folder=$2 wanted
  shift 2
  plain_tar "$name" | tar --list --file - >"$work/contents" ||
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
  plain_tar "$1" |
    tar --extract --no-same-owner --strip-components=1 --directory "$2" --file - ||
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

# fetch_release: into a folder beside the final one first, so that a release is either there or not.
fetch_release() {
  local position kind size sha256 name
  rm -rf "$fetched" "$home.new"
  mkdir -p "$fetched" "$home.new"
  while read -r position kind size sha256 name; do
    fetch "$position" "$name"
    check_bytes "$name" "$size" "$sha256"
    check_use "$kind" "$name"
    log "fetched $name"
  done <"$work/objects.list"
  while read -r position kind size sha256 name; do
    place "$kind" "$name"
  done <"$work/objects.list"
  configure "$home.new"
  rm -rf "$home" "$fetched"
  mv "$home.new" "$home"
  log "the release is in $home"
}

# configure FOLDER: Salt's configuration for a server without a master, which asks no network who it is; the pillar; and
# the URLs of the store. JSON is YAML, except for some characters in texts, so the pillar names its renderer. The cache
# goes with the release: Salt tells files apart by their times, which are the same in all. The grain `slipway` tells
# states where they are.
configure() {
  mkdir -p "$1/etc" "$1/pillar"
  with_parameters '
folder, home, host = sys.argv[1:4]
def part(key):
    value = given.get(key) or {}
    return json.loads(value) if isinstance(value, str) else value
def write(name, content, first=""):
    with open(folder + name + ".new", "w") as file:
        file.write(first + json.dumps(content, indent=1) + "\n")
    os.replace(folder + name + ".new", folder + name)
grain = {key: given[key] for key in ("cluster", "role", "version", "release")}
write("/etc/minion", {
    "id": host,
    "file_client": "local",
    "file_roots": {"base": [home + "/salt"]},
    "pillar_roots": {"base": [home + "/pillar"]},
    "cachedir": home + "/cache",
    "grains": {"slipway": grain},
    "enable_fqdns_grains": False,
    "enable_gpu_grains": False,
    "metadata_server_grains": False,
    "state_output": "changes",
})
own = dict(grain, index=str(given.get("index", "")), hostname=host, settings=part("settings"), facts=part("facts"))
write("/pillar/top.sls", {"base": {"*": ["slipway"]}})
write("/pillar/slipway.sls", {"slipway": own}, "#!json\n")
write("/etc/store.json", {name: str(url).replace("@HOST@", host) for name, url in part("store").items()})' \
    "$1" "$home" "$host"
  cp "$work/objects.list" "$1/etc/objects"
}

# read_states STATUS SECONDS LIMIT: prints what came of the states, in one line, and fails if that is not good. What each
# state said goes to standard error, but never its changes: they have the contents of files in them.
read_states() {
  python '
import json, re, sys
status, seconds, limit = map(int, sys.argv[1:4])
def lines(text):
    text = "\n".join(map(str, text)) if isinstance(text, list) else str(text or "")
    text = re.sub(r"(temp_url_sig=)[^&\s]*|\b[a-z0-9]{6}\.[a-z0-9]{16}\b", r"\1...", text)
    return [line.rstrip() for line in text.splitlines() if line.strip()]
def telling(text):
    found = lines(text) or ["it says nothing"]
    if "Traceback" in found[0]:
        return found[-1].strip()
    more = found[1:2] if re.search(r"(:|unique\.)$", found[0]) else []
    return " ".join(line.strip() for line in found[:1] + more)
def last(text):
    advice = r"To see the stack trace of this error|\[preflight\] If you know what you are doing"
    return ([""] + [line.strip() for line in lines(text) if not re.match(advice, line)])[-1]
def stop(reason):
    print("\n".join(said[-100:]), file=sys.stderr)
    print(reason)
    sys.exit(1)
with open(sys.argv[5], encoding="utf-8", errors="replace") as file:
    said = lines(file.read())
words = "; its last words: " + said[-1].strip() if said else ""
if status in (124, 137) and seconds >= limit:
    stop("the Salt states did not end within %d seconds%s" % (limit, words))
try:
    with open(sys.argv[4], encoding="utf-8") as file:
        result = json.load(file)["local"]
except (OSError, ValueError, KeyError, TypeError):
    stop("Salt ended with status %d and gave no result%s" % (status, words))
if not isinstance(result, dict):
    stop("states: " + telling(result))
failed = []
changed = 0
for key, state in sorted(result.items(), key=lambda item: item[1].get("__run_num__", 0)):
    name = state.get("__id__") or key.split("_|-")[1]
    changes = state["changes"] if isinstance(state.get("changes"), dict) else {}
    comment = telling(state.get("comment"))
    changed += bool(changes)
    word = "FAILED" if state.get("result") is False else "changed" if changes else "ok"
    print("%-7s %s, %s ms: %s" % (word, name, state.get("duration", "?"), comment[:200]), file=sys.stderr)
    if word == "FAILED":
        code = " (status %s)" % changes["retcode"] if changes.get("retcode") else ""
        failed.append("state %s: %s" % (name, last(changes.get("stderr")) or comment + code))
        detail = lines(state.get("comment"))[1:40] + lines(changes.get("stderr"))[-40:]
        print("".join("        %s\n" % line for line in detail), end="", file=sys.stderr)
if failed:
    stop(failed[0])
if status or not result:
    stop("Salt ended with status %d after %d states, though none failed%s" % (status, len(result), words))
print("%d states, %d of them changed something, in %d seconds" % (len(result), changed, seconds))' \
    "$@" "$scratch/states.json" "$scratch/states.out"
}

# apply_states SALT_CALL
apply_states() {
  local limit states_seconds began=$SECONDS status=0 verdict failed=false
  states_seconds=$(($(boot_seconds) * 5 / 6))
  limit=$((states_seconds - SECONDS))
  # An object that took long to come is no reason to give up before anything was tried.
  ((limit > states_seconds / 5)) || limit=$((states_seconds / 5 + 1))
  log 'applying the Salt states'
  rm -f "$scratch/states.json"
  # What states make without a mode is for everybody to read, as anywhere else.
  (
    umask 022
    exec timeout --kill-after=$((retry_seconds * 4 + 1)) "$limit" "$1" --local --config-dir "$home/etc" \
      --retcode-passthrough --out=json --out-file="$scratch/states.json" --log-file=/dev/null --log-level=critical \
      state.apply
  ) >"$scratch/states.out" 2>&1 3>&- 9>&- </dev/null || status=$?
  verdict=$(read_states "$status" $((SECONDS - began)) "$limit" 2>"$scratch/report") || failed=true
  cat "$scratch/report" >&2
  if $failed; then
    cat "$scratch/report" >&3
    fail "${verdict:-what Salt says of its states cannot be read}"
  fi
  log "the states are applied: $verdict"
}

# has KIND: whether the release has an object of it.
has() {
  grep --quiet "^[0-9]* $1 " "$work/objects.list"
}

main() {
  local problem salt_call=$home/salt-onedir/salt-call
  mkdir -p "$work" "$scratch" "${log_file%/*}"
  exec 3>&2 2>>"$log_file" 9>"$work/lock"
  flock --nonblock 9 || {
    log 'stopping: another first boot is under way'
    exit 1
  }
  trap 'rm -rf "$scratch"' EXIT
  # A failure inside $(...) becomes one out here.
  trap '((BASH_SUBSHELL > 0)) || fail "the boot script stopped unexpectedly at line $LINENO"' ERR
  [[ ! -e $home ]] || again=true

  check_parameters
  use_proxies
  log "first boot of $host as $(parameter role) of $(parameter cluster), release $(parameter release)"
  problem=$(list_objects 2>&1 >"$work/objects.list") || fail "reading the release: ${problem##*$'\n'}"
  has states || fail 'the release has no Salt states'
  has salt || salt_call=$(command -v salt-call) ||
    fail 'there is no Salt: give the cluster firstBoot.salt in clusters.yaml, or an image that has salt-call'

  if [[ -e $home/etc/objects && $(<"$home/etc/objects") == "$(<"$work/objects.list")" ]]; then
    log "the release is in $home already"
    configure "$home"
  else
    fetch_release
  fi
  apply_states "$salt_call"

  tell_heat SUCCESS "Kubernetes $(parameter version) is on $host" || {
    log 'Heat could not be told of the success; if it still waits, its wait condition will time out'
    $again || exit 1
  }
}

main "$@"
