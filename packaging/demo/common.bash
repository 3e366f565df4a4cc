# What the scripts of this directory share. Sourced, in the project's directory.
programs=${PROGRAMS:-$PWD/.build/release}
family=f_demo
child=mia

# Seconds that a step is waited for, at most.
patience=20

work=$(mktemp -d "${TMPDIR:-/tmp}/axolotly-demo.XXXXXX")
pids=()
measured=()
started=$(date +%s%N)

bold='' dim='' plain=''
if [[ -t 1 && -z ${NO_COLOR-} ]]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; fi

step() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
say() { printf '%s\n' "$*"; }
note() { measured+=("$1|$2"); }
since() { echo $((($(date +%s%N) - $1) / 1000000)); }

finish() {
  local status=$?
  trap - EXIT
  if [[ $status == 0 && -n ${KEEP-} ]] && declare -F keep >/dev/null; then
    keep
    exit 0
  fi
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM
trap 'exit 141' PIPE

# Ends the demo: what was expected, what came, and the logs.
fail() {
  printf '\n%sThe demo ends here.%s\nexpected: %s\ncame:     %s\n' "$bold" "$plain" "$1" "$2" >&2
  for log in "$work"/*.log; do
    [[ -s $log ]] && printf -- '-- %s, its last lines\n%s\n' "${log##*/}" "$(tail -n 30 "$log")" >&2
  done
  exit 1
}

upstream() { "$programs/axolotly-upstream" "$@" --data "$work/upstream"; }
box() { "$programs/axolotlyctl" "$@"; }

# Runs a command and ends the demo where its exit status is not the expected one.
expect() {
  local wanted=$1 what=$2 status=0
  shift 2
  "$@" >"$work/answer" 2>"$work/answer.log" || status=$?
  [[ $status == "$wanted" ]] || fail "$what (exit status $wanted)" "exit status $status: $(cat "$work/answer" "$work/answer.log")"
  rm -f "$work/answer.log"
}

# A member of a flat JSON document: text, number, true, false or null.
member() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" <<<"$2" | head -n 1; }

# Waits until a command's output matches.
await() {
  local what=$1 limit=$2 pattern=$3 deadline
  shift 3
  deadline=$((SECONDS + limit))
  local output=
  while ((SECONDS < deadline)); do
    output=$("$@" 2>&1) || true
    [[ $output =~ $pattern ]] && return 0
    for pid in "${pids[@]}"; do
      kill -0 "$pid" 2>/dev/null || fail "$what" "a program ended: $(wait "$pid" || echo "exit status $?")"
    done
    sleep 0.05
  done
  fail "$what within $limit s" "$output"
}

for program in axolotlyd axolotlyctl axolotly-upstream; do
  [[ -x $programs/$program ]] || fail "$programs/$program" 'it is not there; run: make build'
done
