# A Debian 12 container with its own systemd. Sourced by test-system.

# What the packages' dependencies and the checks need.
base_packages=systemd,systemd-sysv,dbus,libpam-systemd,polkitd,ca-certificates,tzdata,iproute2,procps,libcurl4,libsqlite3-0,libqrencode4,libstdc++6,zlib1g,libsystemd0
suite=bookworm
root=$work/root
console=$work/console.log
container=

# The mirror that this machine's own packages come from.
mirror() {
  local site
  site=$(apt-get indextargets --format '$(SITE) $(ORIGIN) $(CODENAME)' 'Created-By: Packages' 2>/dev/null |
    awk '$2 == "Debian" && $3 == "'"$suite"'" { print $1; exit }')
  printf '%s' "${site:-http://deb.debian.org/debian}"
}

# Made once for its list of packages; a base that is half made is never taken.
container_base() {
  base=$work/base-$(printf '%s' "$suite $base_packages" | sha256sum | cut -c 1-12)
  [[ -d $base ]] && return
  rm -rf "$work"/base-*
  mkdir -p "$work"
  printf 'test-system: making the base of the container (about a minute, once)\n'
  if ! debootstrap --variant=minbase --include="$base_packages" "$suite" "$base.new" "$(mirror)" >"$work/debootstrap.log" 2>&1; then
    tail -n 3 "$work/debootstrap.log" >&2
    rm -rf "$base.new"
    skip "debootstrap could not make the container; its log is $work/debootstrap.log"
  fi
  rm -rf "$base.new"/var/cache/apt/archives/*.deb "$base.new/etc/machine-id"
  mv "$base.new" "$base"
}

container_lay_out() {
  rm -rf "$root"
  cp -a --reflink=auto "$base" "$root"
  echo box >"$root/etc/hostname"
  printf '127.0.0.1 localhost box\n::1 localhost\n' >"$root/etc/hosts"
  : >"$root/etc/resolv.conf"
}

# Boots it and waits until its systemd has started everything. Without a machine manager nspawn ends where the container reboots
# (status 133); the loop around it boots it again.
container_start() {
  : >"$console"
  (
    while :; do
      systemd-nspawn --quiet --register=no --keep-unit --private-network --settings=no --link-journal=no \
        --directory="$root" --boot </dev/null >>"$console" 2>&1
      (($? == 133)) || break
    done
  ) &
  container=$!
  container_wait
}

children() { cat "/proc/$1/task/$1/children" 2>/dev/null; }
# PID 1 of the container; after a reboot it is another.
leader() {
  local nspawn process
  nspawn=$(children "$container")
  [[ -n $nspawn ]] && process=$(children "${nspawn%% *}") && [[ -n $process ]] && printf '%s' "${process%% *}"
}

# Waits until it has booted; after a reboot the leader is another than the one that is named.
container_wait() {
  local old=${1-} now state
  for _ in $(seq 600); do
    kill -0 "$container" 2>/dev/null || return 1
    now=$(leader) || true
    if [[ -n $now && $now != "$old" ]]; then
      state=$(in_box systemctl is-system-running 2>/dev/null) || true
      [[ $state == running || $state == degraded ]] && return 0
    fi
    sleep 0.1
  done
  return 1
}

container_stop() {
  [[ -n $container ]] || return 0
  kill -TERM $(children "$container") 2>/dev/null
  for _ in $(seq 300); do
    kill -0 "$container" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL $(children "$container") "$container" 2>/dev/null
  wait "$container" 2>/dev/null
  container=
}

# Runs a command in the container as its root.
in_box() {
  nsenter --target "$(leader)" --mount --uts --ipc --net --pid --cgroup -- \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/packages LANG=C.UTF-8 TERM=dumb NO_COLOR=1 "$@"
}
# Runs a command as a user of the container, with that user's groups.
as() {
  local user=$1
  shift
  in_box setpriv --reuid="$user" --regid="$user" --init-groups -- "$@"
}

names_of() { declare -F | sed -n "s/^declare -f $1//p" | tr '\n' ' '; }
