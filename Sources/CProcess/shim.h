#pragma once

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

// prctl is variadic: orphans of this process's descendants become its own children. Returns 0 or a negative errno.
static inline int axolotly_become_subreaper(void) {
        return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? -errno : 0;
}

// sys/signalfd.h is in no module of the toolchain. Blocks the signals and gives a descriptor that does not block; or a negative errno.
static inline int axolotly_signal_descriptor(const int *signals, int count) {
        sigset_t set;
        sigemptyset(&set);
        for (int i = 0; i < count; i++)
                sigaddset(&set, signals[i]);
        if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
                return -errno;
        int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        return descriptor < 0 ? -errno : descriptor;
}

// The number of the next signal, 0 where none is waiting.
static inline int axolotly_next_signal(int descriptor) {
        struct signalfd_siginfo info;
        ssize_t count = read(descriptor, &info, sizeof info);
        return count == sizeof info ? (int) info.ssi_signo : 0;
}

// In no module of the toolchain (glibc 2.34): the child has no descriptor from this one on.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
static inline int axolotly_close_from(posix_spawn_file_actions_t *actions, int from) {
        return posix_spawn_file_actions_addclosefrom_np(actions, from);
}
