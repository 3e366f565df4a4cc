# Protections that are switched off on purpose, to see that a check notices. Sourced by test-system.
#
#   sabotage          the check that has to fail
#   exposure          exposure
#   target            no_network_target
#   system_calls      forbidden_call
#   watchdog          watchdog
#   socket            socket_activation
#   policy_file       system_bus
#   purge             purge
#   unit              verify
#   kill_mode         launch
#   fd_store          app_survives
#   runtime_directory socket_activation
#   restart           killed
#   crash_record      safe_mode
#   sleep             sleep_inhibitor
#   eraser            unpair
#   exit_status       nonsense

# After which check it is done; usual is `install`.
declare -A sabotage_after=()

dropin() {
  in_box mkdir -p "/etc/systemd/system/$1.d"
  in_box sh -c "cat >/etc/systemd/system/$1.d/sabotage.conf"
  in_box systemctl daemon-reload
}
sabotage_exposure() { printf '[Service]\nPrivateDevices=no\nNoNewPrivileges=no\nCapabilityBoundingSet=CAP_SYS_ADMIN\n' | dropin axolotlyd.service; }
sabotage_target() { printf '[Unit]\nAfter=network-online.target\n' | dropin axolotlyd.service; }
# These two are looked at by their check, which writes the unit that it tests.
sabotage_system_calls() { :; }
sabotage_watchdog() { :; }
sabotage_socket() { in_box systemctl mask --now axolotlyd.socket; }
sabotage_policy_file() { in_box rm /usr/share/dbus-1/system.d/com.axolotly.Agent1.conf && in_box systemctl reload dbus; }
sabotage_purge() { in_box sed -i 's#rm -rf /var/lib/axolotly.*#true#' /var/lib/dpkg/info/axolotly-agent.postrm; }
sabotage_unit() { in_box sh -c 'echo "Nonsense=yes" >>/lib/systemd/system/axolotlyd.service'; }
# Without the subreaper's program the control group alone has to end everything; without the control group as well nothing does.
sabotage_kill_mode() {
  printf '[Service]\nKillMode=none\nExecStart=\nExecStart=/usr/bin/sh -c "tail -c +9 | head -c 64 >/dev/null; echo started 1; test-app; exit 0"\nStandardOutput=socket\n' | dropin axolotly-launch@.service
}
sabotage_fd_store() { printf '[Service]\nFileDescriptorStoreMax=0\n' | dropin axolotlyd.service; }
sabotage_runtime_directory() { printf '[Service]\nRuntimeDirectoryPreserve=no\n' | dropin axolotlyd.service; }
sabotage_restart() { printf '[Service]\nRestart=no\n' | dropin axolotlyd.service; }
# Looked at by its check, between the crashes.
sabotage_crash_record() { :; }
sabotage_sleep() { printf '[Service]\nEnvironment=AXOLOTLY_SYSTEM_BUS=off\n' | dropin axolotlyd.service; }
sabotage_exit_status() {
  in_box sed -i 's/^RestartPreventExitStatus=.*/RestartPreventExitStatus=78/' /lib/systemd/system/axolotlyd.service
  in_box systemctl daemon-reload
}
sabotage_eraser() { in_box systemctl mask --now axolotly-launch.socket; }
