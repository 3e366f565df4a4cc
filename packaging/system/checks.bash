# The checks, each a function: what it prints last stands in the table; a command that fails ends it as failed, 77 says that this
# machine cannot show it. Sourced by test-system.

checks=(install verify exposure refused_start start pair decide system_bus callers crowded_socket sleep_inhibitor socket_activation refused_again watchdog stop \
  no_network_target forbidden_call names_resolve network_change broker_restart killed safe_mode launch launch_user \
  app_survives launch_socket_missing doctor nonsense reboot_without_network upgrade unpair remove purge)
# What every other check builds on.
needed=(install start pair)

property() { in_box systemctl show --value -p "$1" "${2:-axolotlyd.service}"; }
ctl() { in_box axolotlyctl "$@"; }
upstream() { in_box axolotly-upstream "$@" --data /var/lib/axolotly-upstream; }
# A member of a JSON document on standard input, by the name alone.
member() { tr ',{' '\n\n' | sed -n "s/^ *\"$1\" *: *\"\{0,1\}\([^\"}]*\).*/\1/p" | head -n 1; }
expect() {
  [[ $2 == $3 ]] && return
  printf '%s: expected %s, found %s\n' "$1" "$3" "$2"
  return 1
}
# Repeats a command until it succeeds; a check that waits for ever would hide its reason.
eventually() {
  local _
  for _ in $(seq "${seconds:-60}0"); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  printf 'did not come true: %s\n' "$*"
  "$@"
}
# Not through a pipe: grep ends at its first find, and whoever writes on fails then.
journal_says() { grep -qi "$1" <<<"$(in_box journalctl --no-pager -o cat -u axolotlyd.service)"; }
state_is() { [[ $(property ActiveState "$2") == "$1" ]]; }
is_active() { [[ $(property ActiveState "${1:-axolotlyd.service}") == active ]]; }

check_install() {
  in_box useradd --create-home --user-group launcher
  in_box useradd --create-home --user-group technician
  in_box useradd --create-home --user-group stranger
  # Boxes know this upstream by name; it has to know the name as its own.
  in_box mkdir -p /etc/systemd/system/axolotly-upstream.service.d
  in_box sh -c 'cat >/etc/systemd/system/axolotly-upstream.service.d/base.conf' <<'DROPIN'
[Service]
ExecStart=
ExecStart=/usr/bin/axolotly-upstream serve --data /var/lib/axolotly-upstream --listen 127.0.0.1:8480 --base http://localhost:8480 --poll-spread 0
DROPIN
  in_box sh -c 'dpkg --install /packages/*.deb'
  in_box usermod --append --groups axolotly launcher
  in_box usermod --append --groups axolotly-admin technician
  expect 'axolotlyd.service' "$(in_box systemctl is-enabled axolotlyd.service)" enabled
  expect 'axolotlyd.socket' "$(in_box systemctl is-enabled axolotlyd.socket)" enabled
  eventually is_active axolotly-upstream.service
  echo 'enabled, not paired; the upstream runs'
}

check_verify() {
  local said
  said=$(in_box sh -c 'systemd-analyze verify --man=no /lib/systemd/system/axolotly* 2>&1')
  expect 'systemd-analyze verify' "$said" ''
  echo 'systemd-analyze verify is silent'
}

check_exposure() {
  local level
  level=$(in_box systemd-analyze security --no-pager axolotlyd.service | sed -n 's/.*Overall exposure level for .*: \([0-9.]*\) .*/\1/p')
  printf 'exposure %s, at most 1.3\n' "$level"
  awk -v level="$level" 'BEGIN { exit !(level != "" && level <= 1.3) }'
}

# Without an upstream the agent does not start, says why once, and is not started over and over.
check_refused_start() {
  in_box systemctl start axolotlyd.service && { echo 'it started without an upstream'; return 1; }
  eventually state_is failed axolotlyd.service
  expect 'exit status' "$(property ExecMainStatus)" 78
  expect 'restarts' "$(property NRestarts)" 0
  seconds=5 eventually journal_says 'no upstream is set'
  in_box systemctl reset-failed
  echo 'exit status 78, the reason in the journal, no restart'
}

check_start() {
  in_box sh -c 'echo "{\"upstream\":\"http://localhost:8480\"}" >/etc/axolotly/agent.d/50-upstream.json'
  in_box systemctl start axolotlyd.service
  expect 'state' "$(property ActiveState)" active
  expect 'user' "$(property User)" axolotly
  expect 'STATUS' "$(property StatusText)" 'Not paired*'
  expect 'state directory' "$(in_box stat -c '%U %a' /var/lib/axolotly)" 'axolotly 700'
  printf 'READY, STATUS "%s"\n' "$(property StatusText)"
}

check_pair() {
  upstream import /usr/share/doc/axolotly-upstream/examples/sample.ndjson
  upstream family create --name Box --id f_box
  upstream policy set f_box /usr/share/doc/axolotly-upstream/examples/policy.json
  local code
  code=$(upstream pairing create --family f_box --json | member code)
  ctl pair --code "$code"
  eventually sh_status_has 'current'
  echo "$(property StatusText)"
}
sh_status_has() { [[ $(property StatusText) == *"$1"* ]]; }

# A title that the demo's policy allows its child.
title=tmdb:movie:862
decides() { ctl decide "$title" --json | member verdict; }
check_decide() {
  local verdict
  verdict=$(decides)
  [[ $verdict == allow || $verdict == deny || $verdict == ask ]]
  printf '%s: %s\n' "$title" "$verdict"
}

bus_call() { busctl_as "$1" call com.axolotly.Agent1 /com/axolotly/Agent1 "com.axolotly.$2" "${@:3}"; }
busctl_as() {
  local user=$1
  shift
  as "$user" busctl --system --timeout=5 "$@"
}
check_system_bus() {
  in_box busctl --system status com.axolotly.Agent1 >/dev/null
  local shown
  shown=$(in_box busctl --system --xml-interface introspect com.axolotly.Agent1 /com/axolotly/Agent1)
  [[ $shown == *com.axolotly.Launcher1* && $shown == *com.axolotly.Device1* ]]
  bus_call root Device1 Status >/dev/null
  echo 'com.axolotly.Agent1 answers on the system bus'
}

# May the caller reach the method? What it answers beside AccessDenied is not asked here.
is_refused() { grep -qiE 'access ?denied|not allowed|rejected|not for this user' <<<"$1"; }
reaches() {
  local said
  said=$(bus_call "$@" 2>&1) || true
  ! is_refused "$said"
}
# The same on the private socket, peer to peer.
reaches_privately() {
  local user=$1 method=$2 signature=${3-} said arguments=() index
  shift $(($# < 3 ? $# : 3))
  for ((index = 0; index < ${#signature}; index++)); do
    case ${signature:index:1} in
      u) arguments+=("uint32:$1") ;;
      b) arguments+=("boolean:$1") ;;
      *) arguments+=("string:${1/#-/}") ;;
    esac
    shift
  done
  said=$(as "$user" dbus-send --peer=unix:path=/run/axolotly/bus --print-reply --reply-timeout=5000 \
    --dest=com.axolotly.Agent1 /com/axolotly/Agent1 "com.axolotly.$method" "${arguments[@]}" 2>&1) || true
  ! is_refused "$said"
}
check_callers() {
  local user call words wrong=0 counted=0
  # A method with its arguments, `-` for an empty text; then who reaches it: root, group axolotly, group axolotly-admin, a stranger.
  # `?` is not asked: whoever may unpair would do it.
  while read -r call root launcher technician stranger; do
    for user in root launcher technician stranger; do
      local may=no privately=no
      [[ ${!user} == '?' ]] && continue
      read -ra words <<<"${call//,/ }"
      reaches "$user" "${words[@]/#-/}" && may=yes
      reaches_privately "$user" "${words[0]}.${words[1]}" "${words[@]:2}" && privately=yes
      counted=$((counted + 2))
      [[ $may == "${!user}" ]] || { printf '%s %s on the system bus: expected %s, found %s\n' "$user" "$call" "${!user}" "$may"; wrong=$((wrong + 1)); }
      [[ $privately == "${!user}" ]] || { printf '%s %s on the socket: expected %s, found %s\n' "$user" "$call" "${!user}" "$privately"; wrong=$((wrong + 1)); }
    done
  done <<'TABLE'
Launcher1,Profiles yes yes yes no
Launcher1,SelectProfile,ss,none,- yes yes yes no
Launcher1,Decide,sss,-,tmdb:movie:862,- yes yes yes no
Launcher1,Explain,ssss,-,tmdb:movie:862,-,- yes yes yes no
Launcher1,Resolve,ss,-,tmdb:movie:862 yes yes yes no
Launcher1,Browse,sssuu,-,-,-,0,1 yes yes yes no
Launcher1,BeginSession,ssss,-,tmdb:movie:99999999,-,- yes yes yes no
Launcher1,Launch,sss,-,-,none yes yes yes no
Launcher1,Playing,s,none yes yes yes no
Launcher1,Paused,s,none yes yes yes no
Launcher1,EndSession,s,none yes yes yes no
Launcher1,Standby,b,false yes yes yes no
Launcher1,RequestTitle,ss,-,none yes yes yes no
Launcher1,RequestTime,su,-,0 yes yes yes no
Device1,Status yes no yes no
Device1,Sync yes no yes no
Device1,UsageLog,u,1 yes no yes no
Device1,PolicyDocument yes no yes no
Device1,Requests yes no yes no
Device1,Pair yes no yes no
Device1,PairWithCode,s,none yes no yes no
Device1,CancelPairing yes no yes no
Device1,Unpair,ss,none,none ? ? ? no
TABLE
  for user in launcher technician; do as "$user" axolotlyctl profiles >/dev/null || { echo "$user has no profiles on the socket"; wrong=$((wrong + 1)); }; done
  as stranger axolotlyctl profiles >/dev/null 2>&1 && { echo 'a stranger has profiles on the socket'; wrong=$((wrong + 1)); }
  as launcher axolotlyctl status >/dev/null 2>&1 && { echo 'a launcher has status on the socket'; wrong=$((wrong + 1)); }
  as technician axolotlyctl status >/dev/null || { echo 'a technician has no status on the socket'; wrong=$((wrong + 1)); }
  printf '%d calls on both buses, every method, %d wrong\n' "$counted" "$wrong"
  ((wrong == 0))
}

# Who sits on the private socket and says nothing keeps nobody out: not root, whoever else is there.
crowd() { in_box setpriv --reuid="$1" --regid="$1" --init-groups -- perl -MSocket -e 'my @all; for (1..40) { socket(my $s, PF_UNIX, SOCK_STREAM, 0); connect($s, pack_sockaddr_un("/run/axolotly/bus")); push @all, $s } sleep 20' & }
check_crowded_socket() {
  local crowds=() status=0
  crowd launcher && crowds+=($!)
  crowd stranger && crowds+=($!)
  crowd technician && crowds+=($!)
  seconds=10 eventually journal_says 'too many are connected' || status=1
  ctl status --json >/dev/null || { echo 'root finds no place'; status=1; }
  kill "${crowds[@]}" 2>/dev/null
  in_box pkill -x perl || true
  echo '120 silent connections of three users; root was answered'
  return $status
}

# A caller keeps on coming to an agent that cannot start: it is refused each time, not in a loop, and starts once it is mended.
check_refused_again() {
  local starts before _
  in_box mv /etc/axolotly/agent.d/50-upstream.json /packages/
  in_box systemctl stop axolotlyd.service
  before=$(starts)
  for _ in 1 2 3; do ctl profiles >/dev/null 2>&1 || true; done
  sleep 5
  starts=$(($(starts) - before))
  in_box mv /packages/50-upstream.json /etc/axolotly/agent.d/
  expect 'the socket' "$(property ActiveState axolotlyd.socket)" active
  in_box systemctl start axolotlyd.service
  eventually sh_status_has 'policy'
  printf '%d starts for three calls in five seconds, then mended and started\n' "$starts"
  ((1 <= starts && starts <= 5))
}
starts() { in_box journalctl --no-pager -o cat -u axolotlyd.service | grep -c '^Starting axolotlyd.service' || true; }

# logind lets suspend wait for the agent, and knows why.
inhibits() { grep -q 'Axolotly agent.*sleep.*delay' <<<"$(in_box systemd-inhibit --list --no-pager --no-legend)"; }
check_sleep_inhibitor() {
  in_box systemctl start systemd-logind.service
  in_box systemctl restart axolotlyd.service
  seconds=10 eventually inhibits
  in_box systemctl stop axolotlyd.service
  inhibits && { echo 'the inhibitor stays without the agent'; in_box systemctl start axolotlyd.service; return 1; }
  in_box systemctl start axolotlyd.service
  echo 'a delay inhibitor of logind, held as long as the agent runs'
}

# A caller that comes while the agent is stopped starts it and is answered.
check_socket_activation() {
  in_box systemctl stop axolotlyd.service
  expect 'state' "$(property ActiveState)" inactive
  ctl status --json >/dev/null
  expect 'state' "$(property ActiveState)" active
  expect 'the socket' "$(in_box stat -c %F /run/axolotly/bus)" socket
  in_box systemctl restart axolotlyd.service
  expect 'the socket after a restart' "$(in_box stat -c %F /run/axolotly/bus)" socket
  echo 'a call started it and was answered'
}

has_restarted() { [[ $(property NRestarts) -gt ${restarts:-0} ]] && is_active; }
check_watchdog() {
  in_box mkdir -p /run/systemd/system/axolotlyd.service.d
  in_box sh -c 'printf "[Service]\nWatchdogSec=3s\nTimeoutAbortSec=1s\nRestartSec=1s\n" >/run/systemd/system/axolotlyd.service.d/watchdog.conf'
  [[ $sabotage != watchdog ]] || in_box sh -c 'printf "[Service]\nWatchdogSec=0\n" >/run/systemd/system/axolotlyd.service.d/watchdog.conf'
  in_box systemctl daemon-reload
  in_box systemctl restart axolotlyd.service
  local restarts
  restarts=$(property NRestarts)
  in_box kill -STOP "$(property MainPID)"
  local status=0
  eventually has_restarted || status=1
  in_box rm /run/systemd/system/axolotlyd.service.d/watchdog.conf
  in_box systemctl daemon-reload
  in_box systemctl kill -s KILL axolotlyd.service || true
  in_box systemctl restart axolotlyd.service
  seconds=5 eventually journal_says 'watchdog timeout' || status=1
  echo 'restarted by the watchdog after SIGSTOP'
  return $status
}

check_stop() {
  local start took
  start=$(date +%s%N)
  in_box systemctl stop axolotlyd.service
  took=$((($(date +%s%N) - start) / 1000000))
  expect 'result' "$(property Result)" success
  in_box systemctl start axolotlyd.service
  printf 'stopped after %d ms, at most 2000\n' "$took"
  ((took < 2000))
}

# R71: nothing waits for a network; reboot_without_network shows that the agent decides without one.
check_no_network_target() {
  local all
  all=$(in_box systemctl show -p After -p Wants -p Requires -p BindsTo axolotlyd.service axolotlyd.socket)
  if grep -E 'network-online|time-sync|time-set' <<<"$all"; then return 1; fi
  echo 'no dependency on network-online.target or time-sync.target'
}

said_forbidden() { in_box journalctl --no-pager -o cat -u forbidden.service | grep -E 'errno|allowed|code=killed'; }
# R67: the unit's own confinement around another program: ptrace(PTRACE_TRACEME) is let through by default and not by the filter.
check_forbidden_call() {
  local number said
  case $(uname -m) in
    x86_64) number=101 ;;
    aarch64) number=117 ;;
    *) echo 'no number of ptrace for this architecture' && return 77 ;;
  esac
  in_box sh -c "sed -e '/^Type=/d;/^Restart/d;/^WatchdogSec/d;/Directory/d' -e 's#^ExecStart=.*#Type=oneshot\nExecStart=/usr/bin/perl /run/forbidden.pl#' /lib/systemd/system/axolotlyd.service >/run/systemd/system/forbidden.service"
  in_box sh -c 'cat >/run/forbidden.pl; chmod 644 /run/forbidden.pl' <<PERL
my \$result = syscall($number, 0, 0, 0, 0);
print \$result >= 0 ? "allowed\n" : "refused with errno " . int(\$!) . "\n";
PERL
  [[ $sabotage != system_calls ]] || in_box sed -i 's/^SystemCallErrorNumber=.*//' /run/systemd/system/forbidden.service
  in_box systemctl daemon-reload
  in_box systemctl start forbidden.service || true
  seconds=3 eventually said_forbidden || true
  said=$(in_box journalctl --no-pager -o cat -u forbidden.service)
  in_box rm /run/systemd/system/forbidden.service
  in_box systemctl daemon-reload
  expect 'ptrace' "$(grep -o 'refused with errno .*' <<<"$said")" 'refused with errno 1'
  echo 'ptrace is refused with EPERM, the process lives'
}

# R67: the confinement leaves name resolution alone.
check_names_resolve() {
  # The upstream is known to the agent as localhost, by name: it is online through its own confinement only if names resolve.
  eventually sh_status_has 'Online'
  echo "$(property StatusText)"
}

# R67: nor does it keep the agent from hearing that an interface came.
asked_anew() { [[ $(in_box journalctl --no-pager -o cat -u axolotlyd.service | grep -c 'asking anew') -gt $before ]]; }
check_network_change() {
  local before
  before=$(in_box journalctl --no-pager -o cat -u axolotlyd.service | grep -c 'asking anew' || true)
  in_box ip link add test0 type veth peer name test1 || { echo 'this kernel has no veth'; return 77; }
  in_box ip link set test1 up
  in_box ip link set test0 up
  in_box ip address add 192.0.2.1/24 dev test0
  eventually asked_anew
  in_box ip link delete test0
  echo 'a new interface with an address: asked anew'
}

name_is_back() { in_box busctl --system status com.axolotly.Agent1; }
check_broker_restart() {
  local pid
  pid=$(property MainPID)
  in_box systemctl restart dbus.service
  ctl status --json >/dev/null
  eventually name_is_back
  expect 'the process' "$(property MainPID)" "$pid"
  echo 'the same process has its name again; the private socket answered meanwhile'
}

check_killed() {
  local restarts
  restarts=$(property NRestarts)
  in_box systemctl kill -s KILL axolotlyd.service
  eventually has_restarted
  expect 'paired' "$(ctl status --json | member paired)" true
  echo 'restarted after SIGKILL, still paired'
}

# Three crashes in five minutes: decisions from the last policy, nothing asked of the upstream, said in STATUS; a restart by a person
# ends it.
has_started_again() { [[ $(property MainPID) != "$pid" && $(property ActiveState) == active && $(property SubState) == running ]]; }
check_safe_mode() {
  in_box mkdir -p /run/systemd/system/axolotlyd.service.d
  in_box sh -c 'printf "[Service]\nRestartSec=100ms\n" >/run/systemd/system/axolotlyd.service.d/soon.conf'
  in_box systemctl daemon-reload
  in_box systemctl restart axolotlyd.service
  local _ pid said status=0
  for _ in 1 2 3; do
    pid=$(property MainPID)
    in_box systemctl kill -s KILL axolotlyd.service
    [[ $sabotage != crash_record ]] || in_box rm -f /var/lib/axolotly/process.json
    eventually has_started_again
  done
  in_box rm /run/systemd/system/axolotlyd.service.d/soon.conf
  in_box systemctl daemon-reload
  said=$(property StatusText)
  expect 'STATUS' "$said" 'Safe mode*' || status=1
  [[ $(decides) =~ ^(allow|deny|ask)$ ]] || status=1
  ctl sync >/dev/null 2>&1 && { echo 'sync asked the upstream'; status=1; }
  in_box systemctl restart axolotlyd.service
  eventually sh_status_has 'Online'
  printf '%s; online again after a restart\n' "$said"
  return $status
}

# How many of the test's processes run in the slice of apps.
apps() { in_box sh -c 'for pid in $(pgrep -x sleep); do grep -l axolotly-apps.slice /proc/$pid/cgroup; done 2>/dev/null | wc -l'; }
no_app_runs() { [[ $(apps) == 0 ]]; }
sessions() { ctl status --json | tr '{' '\n' | grep -c '"played_s"' || true; }

# An app in the slice, as the user whom the drop-in names; its stop takes along what has a session of its own, was forked twice or
# takes no SIGTERM.
check_launch() {
  in_box mkdir -p /etc/axolotly/handlers.d /etc/systemd/system/axolotly-launch@.service.d
  in_box sh -c 'cat >/usr/local/bin/test-app && chmod 755 /usr/local/bin/test-app' <<'APP'
#!/bin/sh
(setsid sleep 9999 &)
( ( sleep 9999 & ) & )
(setsid sh -c 'trap "" TERM; while :; do sleep 9999; done' &)
exec sleep 9999
APP
  in_box sh -c 'cat >/etc/axolotly/handlers.d/test.json' <<'HANDLER'
{"id": "test", "app": "test", "kind": "native", "requires": {"binary": "test-app"}, "launch": {"argv": ["/usr/local/bin/test-app"]}}
HANDLER
  in_box sh -c 'printf "[Service]\nUser=launcher\n" >/etc/systemd/system/axolotly-launch@.service.d/user.conf'
  in_box systemctl daemon-reload
  in_box systemctl restart axolotlyd.service
  local session
  session=$(as launcher axolotlyctl launch --app test --json | member session)
  eventually eval '[[ $(apps) == 4 ]]'
  expect 'the user' "$(in_box ps -o user= -C sleep | sort -u)" launcher
  as launcher axolotlyctl session end "$session"
  seconds=30 eventually no_app_runs
  expect 'processes' "$(in_box sh -c 'pgrep -c sleep || true')" 0
  echo 'in axolotly-apps.slice as the launcher'"'"'s user; four processes gone with the session'
}

# Without the drop-in's user nothing runs, and the reason is named.
check_launch_user() {
  in_box sh -c 'printf "[Service]\nUser=nobody-of-that-name\n" >/etc/systemd/system/axolotly-launch@.service.d/user.conf'
  in_box systemctl daemon-reload
  local said
  said=$(ctl launch --app test 2>&1) && return 1
  in_box sh -c 'printf "[Service]\nUser=launcher\n" >/etc/systemd/system/axolotly-launch@.service.d/user.conf'
  in_box systemctl daemon-reload
  [[ $said == *axolotly-launch@* ]]
  [[ $(ctl status --json) == *launch_unavailable* ]]
  expect 'sessions' "$(sessions)" 0
  printf '%s\n' "$said"
}

# The daemon is killed, then restarted as by an upgrade: app and session go on, the time meanwhile counts, and the session's end
# still ends the app.
check_app_survives() {
  local session before after
  session=$(ctl launch --app test --json | member session)
  eventually eval '[[ $(apps) == 4 ]]'
  in_box systemctl kill -s KILL axolotlyd.service
  eventually is_active
  expect 'apps after SIGKILL' "$(apps)" 4
  before=$(ctl status --json | tr '{' '\n' | grep "$session" | member played_s)
  in_box systemctl restart axolotlyd.service
  expect 'apps after a restart' "$(apps)" 4
  after=$(ctl status --json | tr '{' '\n' | grep "$session" | member played_s)
  ((after >= before && before >= 4)) || { printf 'counted %s, then %s\n' "$before" "$after"; return 1; }
  ctl session end "$session"
  seconds=30 eventually no_app_runs
  printf 'the session went on over SIGKILL and restart, %s s counted; its end ended the app\n' "$after"
}

check_launch_socket_missing() {
  in_box systemctl stop axolotly-launch.socket
  local said
  said=$(ctl launch --app test 2>&1) && return 1
  ctl status --json | grep -q launch_unavailable
  in_box systemctl start axolotly-launch.socket
  printf '%s\n' "$said"
}

# For each of six faults doctor names it first, says what to do, and ends with 2; without a fault it ends with 0 or 1.
expect_first() {
  local fault=$1 wanted=$2 user=${3:-root} said status=0
  said=$(as "$user" axolotlyctl doctor --json) || status=$?
  expect "$fault: the first finding" "$(member id <<<"$said")" "$wanted"
  expect "$fault: the exit status" "$status" 2
}
check_doctor() {
  local status=0
  # After a failure the agent waits up to half a minute before it asks again.
  eventually sh_status_has Online
  ctl doctor || status=$?
  ((status < 2))
  in_box systemctl stop axolotly-launch.socket
  expect_first 'launch socket missing' launch-socket
  in_box systemctl start axolotly-launch.socket
  expect_first 'caller without group' caller stranger
  in_box systemctl stop axolotly-upstream.service
  expect_first 'upstream unreachable' upstream
  in_box systemctl start axolotly-upstream.service
  in_box systemctl stop axolotlyd.service
  expect_first 'daemon stopped' service
  in_box chown stranger /var/lib/axolotly
  expect_first 'wrong owner of the state directory' state-directory
  in_box chown axolotly /var/lib/axolotly
  in_box mount -t tmpfs -o size=4m,mode=700,uid="$(in_box id -u axolotly)" tmpfs /var/lib/axolotly
  in_box sh -c 'head -c 8m /dev/zero >/var/lib/axolotly/full 2>/dev/null || true'
  expect_first 'disk full' free-space
  in_box umount /var/lib/axolotly
  in_box systemctl start axolotlyd.service
  eventually sh_status_has Online
  echo 'each of six faults is named first'
}

# A unit overridden into nonsense: doctor names it, and its remedy, as typed, mends it. A program in the daemon's place that ends by
# itself is started once.
finding() { { ctl doctor --json || true; } | tr '{' '\n' | sed -n "/\"id\" *: *\"$1\"/p" | member "$2"; }
mended_by_remedy() {
  local id=$1 typed
  typed=$(finding "$id" remedy)
  printf '%s: %s\n' "$id" "$typed"
  in_box sh -ec "$typed"
}
check_nonsense() {
  local program
  for program in true false; do
    printf '[Service]\nExecStart=\nExecStart=/bin/%s\n' "$program" | dropin axolotlyd.service
    in_box systemctl restart axolotlyd.service && return 1
    sleep 6
    expect "restarts of /bin/$program" "$(property NRestarts)" 0
    expect_first "/bin/$program in its place" service
  done
  printf '[Service]\nUser=root\n' | dropin axolotlyd.service
  in_box systemctl restart axolotlyd.service || true
  expect_first 'run as root' service
  in_box systemctl revert axolotlyd.service
  in_box systemctl restart axolotlyd.service
  in_box systemctl mask --now axolotly-launch.socket
  expect_first 'a masked launch socket' launch-socket
  mended_by_remedy launch-socket
  is_active axolotly-launch.socket
  in_box systemctl stop axolotlyd.service
  in_box sh -c 'mv /var/lib/axolotly /var/lib/axolotly.kept && touch /var/lib/axolotly'
  in_box systemctl start axolotlyd.service && return 1
  expect_first 'a file for the state directory' state-directory
  mended_by_remedy state-directory
  is_active
  in_box systemctl stop axolotlyd.service
  in_box sh -c 'rm -rf /var/lib/axolotly /var/lib/axolotly.old && mv /var/lib/axolotly.kept /var/lib/axolotly'
  in_box systemctl start axolotlyd.service
  in_box systemctl stop dbus.socket dbus.service
  expect 'a stopped system bus' "$(finding system-bus status)" warning
  expect 'the service without it' "$(finding service status)" ok
  in_box systemctl start dbus.socket dbus.service
  seconds=90 eventually name_is_back
  echo 'each named first; what doctor says, typed, mended it'
}

# The upstream stays away, there is no interface but the loopback: decisions go on, and nothing is lost.
check_reboot_without_network() {
  local before after first
  before=$(decides)
  in_box systemctl disable axolotly-upstream.service
  first=$(leader)
  in_box systemctl reboot || true
  container_wait "$first"
  expect 'state' "$(property ActiveState)" active
  expect 'the upstream' "$(property ActiveState axolotly-upstream.service)" inactive
  after=$(decides)
  expect 'the decision' "$after" "$before"
  [[ -n $after ]]
  in_box systemctl enable --now axolotly-upstream.service
  eventually sh_status_has Online
  printf 'after a reboot without network: %s as before; online again with the upstream\n' "$after"
}

# The same package with a later version takes over while a film is playing.
check_upgrade() {
  local pid verdict session
  if in_box test -x /usr/local/bin/test-app; then session=$(ctl launch --app test --json | member session); fi
  if [[ -n ${session-} ]]; then eventually eval '[[ $(apps) == 4 ]]'; fi
  pid=$(property MainPID)
  verdict=$(decides)
  in_box sh -c 'cd /packages && dpkg-deb --raw-extract axolotly-agent_*.deb later && sed -i "s/^Version: .*/&+later/" later/DEBIAN/control && dpkg-deb --build --root-owner-group -Znone later later.deb && dpkg --install later.deb'
  is_active
  [[ $(property MainPID) != "$pid" ]]
  expect 'the decision' "$(decides)" "$verdict"
  expect 'the settings' "$(in_box cat /etc/axolotly/agent.d/50-upstream.json | member upstream)" 'http://localhost:8480*'
  if [[ -n ${session-} ]]; then
    eventually eval '[[ $(apps) == 4 ]]'
    ctl status --json | grep -q "$session"
    ctl session end "$session"
    seconds=30 eventually no_app_runs
  fi
  echo 'a later version took over, paired and with its settings; the film and its session went on'
}

# What apps keep of the family's profiles belongs to another user than the daemon, and goes all the same.
nothing_kept() { [[ -z $(in_box find /var/lib/axolotly-apps -mindepth 1) ]]; }
check_unpair() {
  local left
  in_box mkdir -p /var/lib/axolotly-apps/chromium/mia
  in_box sh -c 'echo secret >/var/lib/axolotly-apps/chromium/mia/Cookies; chown -R launcher: /var/lib/axolotly-apps'
  ctl unpair --yes
  seconds=10 eventually nothing_kept
  expect 'paired' "$(ctl status --json | member paired)" false
  left=$(in_box grep -rlE 'f_box|secret' /var/lib/axolotly /var/lib/axolotly-apps || true)
  expect 'files that name the family' "$left" ''
  echo 'nothing of the family is left, nor of what apps kept of its profiles'
}

check_remove() {
  in_box dpkg --remove axolotly-agent
  expect 'state' "$(property ActiveState)" inactive
  in_box test -f /var/lib/axolotly/journal.db
  echo 'stopped and removed; the state is kept'
}

check_purge() {
  local left
  in_box rm -rf /etc/systemd/system/axolotly-upstream.service.d /etc/systemd/system/axolotly-launch@.service.d
  in_box dpkg --purge axolotly-agent axolotly-upstream
  left=$(in_box find / -xdev \( -path /packages -o -path /proc -o -path /sys -o -path /var/log -o -path /run/user \) -prune -o \
    \( -iname '*axolotly*' -o -user axolotly -o -user axolotly-upstream \) -print | grep -v '^/run/systemd/\|^/var/lib/dpkg/\|^/var/lib/systemd/deb-systemd' || true)
  expect 'what is left' "$left" ''
  echo 'nothing is left'
}

not_tested() {
  local list='arm64'
  [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]] || list="MemoryMax and IPAddress lists (cgroup v1); $list"
  printf '%s' "$list"
}
