#pragma once

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <syslog.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-bus-vtable.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

// The SD_BUS_VTABLE_* macros are initialisers, which Swift cannot import: these fill one entry each.
// The caller's strings must outlive the entry.

static inline void axolotly_vtable_start(sd_bus_vtable *entry) {
        memset(entry, 0, sizeof *entry);
        entry->type = _SD_BUS_VTABLE_START;
        entry->x.start.element_size = sizeof(sd_bus_vtable);
        entry->x.start.features = _SD_BUS_VTABLE_PARAM_NAMES;
        entry->x.start.vtable_format_reference = &sd_bus_object_vtable_format;
}

static inline void axolotly_vtable_method(sd_bus_vtable *entry, const char *member, const char *signature,
                                          const char *result, const char *names, sd_bus_message_handler_t handler) {
        memset(entry, 0, sizeof *entry);
        entry->type = _SD_BUS_VTABLE_METHOD;
        entry->flags = SD_BUS_VTABLE_UNPRIVILEGED;
        entry->x.method.member = member;
        entry->x.method.signature = signature;
        entry->x.method.result = result;
        entry->x.method.handler = handler;
        entry->x.method.names = names;
}

static inline void axolotly_vtable_signal(sd_bus_vtable *entry, const char *member, const char *signature,
                                          const char *names) {
        memset(entry, 0, sizeof *entry);
        entry->type = _SD_BUS_VTABLE_SIGNAL;
        entry->x.signal.member = member;
        entry->x.signal.signature = signature;
        entry->x.signal.names = names;
}

static inline void axolotly_vtable_property(sd_bus_vtable *entry, const char *member, const char *signature,
                                            sd_bus_property_get_t get) {
        memset(entry, 0, sizeof *entry);
        entry->type = _SD_BUS_VTABLE_PROPERTY;
        entry->flags = SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE;
        entry->x.property.member = member;
        entry->x.property.signature = signature;
        entry->x.property.get = get;
}

static inline void axolotly_vtable_end(sd_bus_vtable *entry) {
        memset(entry, 0, sizeof *entry);
        entry->type = _SD_BUS_VTABLE_END;
}

// sd_bus_message_new_method_errorf is variadic.
static inline int axolotly_error_message(sd_bus_message *call, sd_bus_message **message, const char *name,
                                         const char *text) {
        const sd_bus_error error = SD_BUS_ERROR_MAKE_CONST(name, text);
        return sd_bus_message_new_method_error(call, message, &error);
}

// The constant text of an error number (glibc 2.32); strerror is not thread-safe.
extern const char *strerrordesc_np(int number);
static inline const char *axolotly_error_text(int number) { return strerrordesc_np(number); }

// sys/eventfd.h is in no module of the toolchain.
static inline int axolotly_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// sys/timex.h likewise: 1 while the kernel says that its clock is synchronised, 0 while not or not known.
static inline int axolotly_clock_is_synchronised(void) {
        struct timex state = { .modes = 0 };
        int result = adjtimex(&state);
        return result >= 0 && result != TIME_ERROR && !(state.status & STA_UNSYNC);
}

// sys/random.h likewise. Returns 0, or a negative errno.
static inline int axolotly_random(void *bytes, size_t count) {
        ssize_t n;
        do n = getrandom(bytes, count, 0);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return -errno;
        return (size_t) n == count ? 0 : -EIO;
}

// Fills the address of a socket file; -ENAMETOOLONG where the path does not fit sun_path.
static inline int axolotly_unix_address(struct sockaddr_un *address, const char *path) {
        size_t length = strlen(path);
        memset(address, 0, sizeof *address);
        address->sun_family = AF_UNIX;
        if (length == 0)
                return -EINVAL;
        if (length >= sizeof address->sun_path)
                return -ENAMETOOLONG;
        memcpy(address->sun_path, path, length);
        return 0;
}

static inline int axolotly_unix_connect(int descriptor, const struct sockaddr_un *address) {
        return connect(descriptor, (const struct sockaddr *) address, sizeof *address) < 0 ? -errno : 0;
}

static inline int axolotly_unix_bind(int descriptor, const struct sockaddr_un *address) {
        return bind(descriptor, (const struct sockaddr *) address, sizeof *address) < 0 ? -errno : 0;
}

// accept4, pipe2 and struct ucred are declared for _GNU_SOURCE alone.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pipe2(int descriptors[2], int flags);

// A descriptor that does not block and is not inherited, or a negative errno.
static inline int axolotly_accept(int descriptor) {
        int accepted = accept4(descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        return accepted < 0 ? -errno : accepted;
}

static inline int axolotly_pipe(int *read_end, int *write_end) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
                return -errno;
        *read_end = ends[0];
        *write_end = ends[1];
        return 0;
}

// Bytes that were written into a pipe and not read yet, or a negative errno (ioctl is variadic).
static inline int axolotly_pipe_unread(int descriptor) {
        int count = 0;
        return ioctl(descriptor, FIONREAD, &count) < 0 ? -errno : count;
}

// A stream socket for a file name; not inherited. Or a negative errno.
static inline int axolotly_unix_socket(int is_blocking) {
        int flags = SOCK_STREAM | SOCK_CLOEXEC | (is_blocking ? 0 : SOCK_NONBLOCK);
        int created = socket(AF_UNIX, flags, 0);
        return created < 0 ? -errno : created;
}

// The layout of unix(7).
struct axolotly_peer {
        pid_t pid;
        uid_t uid;
        gid_t gid;
};

static inline int axolotly_peer_credentials(int descriptor, struct axolotly_peer *peer) {
        socklen_t length = sizeof *peer;
        return getsockopt(descriptor, SOL_SOCKET, 17 /* SO_PEERCRED */, peer, &length) < 0 ? -errno : 0;
}

// Writes at most `capacity` groups; returns how many, or a negative errno (-ERANGE: more than fit).
static inline int axolotly_peer_groups(int descriptor, gid_t *groups, size_t capacity) {
        socklen_t length = (socklen_t) (capacity * sizeof(gid_t));
        if (getsockopt(descriptor, SOL_SOCKET, 59 /* SO_PEERGROUPS */, groups, &length) < 0)
                return -errno;
        return (int) (length / sizeof(gid_t));
}

// A timer that never comes due and becomes readable when the system clock is set or the box resumes from suspend;
// or a negative errno (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET).
static inline int axolotly_clock_timer_arm(int timer) {
        const struct itimerspec never = { .it_value = { .tv_sec = sizeof(time_t) == 8 ? INT64_MAX / 1000000000 : INT32_MAX } };
        return timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0 ? -errno : 0;
}

static inline int axolotly_clock_timer(void) {
        int created = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
        return created < 0 ? -errno : created;
}

// A socket that hears of links, addresses and routes (rtnetlink(7)), or a negative errno.
static inline int axolotly_route_socket(void) {
        const struct sockaddr_nl address = {
                .nl_family = AF_NETLINK,
                .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE,
        };
        int created = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
        if (created < 0)
                return -errno;
        if (bind(created, (const struct sockaddr *) &address, sizeof address) < 0) {
                int number = errno;
                close(created);
                return -number;
        }
        return created;
}

// Asks for everything of one kind (RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE).
static inline int axolotly_route_dump(int descriptor, uint16_t type) {
        const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
        struct {
                struct nlmsghdr header;
                struct rtmsg body;
        } request = {
                .header = { .nlmsg_len = sizeof request, .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = type },
        };
        ssize_t sent = sendto(descriptor, &request, sizeof request, MSG_DONTWAIT, (const struct sockaddr *) &kernel, sizeof kernel);
        return sent < 0 ? -errno : 0;
}

// One datagram of the kernel; 0 for one of somebody else; or a negative errno (-ENOBUFS: some were lost or cut).
static inline ssize_t axolotly_route_receive(int descriptor, void *bytes, size_t capacity) {
        struct sockaddr_nl sender = { 0 };
        socklen_t length = sizeof sender;
        ssize_t count = recvfrom(descriptor, bytes, capacity, MSG_TRUNC | MSG_DONTWAIT, (struct sockaddr *) &sender, &length);
        if (count < 0)
                return -errno;
        if (sender.nl_pid != 0)
                return 0;
        return (size_t) count > capacity ? -ENOBUFS : count;
}

// sd_notify waits for a receiver that does not read; this does not. The path is that of NOTIFY_SOCKET; a descriptor from 0 on is
// sent along.
static inline int axolotly_notify(const char *path, const char *text, size_t count, int passed) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        size_t length = strlen(path);
        if (length < 2 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
                return -EINVAL;
        memcpy(address.sun_path, path, length);
        // An abstract name has no terminating zero.
        socklen_t size = (socklen_t) (offsetof(struct sockaddr_un, sun_path) + length + (path[0] == '/'));
        if (path[0] == '@')
                address.sun_path[0] = 0;
        int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (descriptor < 0)
                return -errno;
        struct iovec part = { .iov_base = (void *) text, .iov_len = count };
        struct msghdr message = { .msg_name = &address, .msg_namelen = size, .msg_iov = &part, .msg_iovlen = 1 };
        union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control;
        if (passed >= 0) {
                memset(&control, 0, sizeof control);
                message.msg_control = &control;
                message.msg_controllen = sizeof control;
                struct cmsghdr *header = CMSG_FIRSTHDR(&message);
                header->cmsg_level = SOL_SOCKET;
                header->cmsg_type = SCM_RIGHTS;
                header->cmsg_len = CMSG_LEN(sizeof(int));
                memcpy(CMSG_DATA(header), &passed, sizeof(int));
        }
        ssize_t sent;
        do sent = sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        while (sent < 0 && errno == EINTR);
        int result = sent < 0 ? -errno : 0;
        close(descriptor);
        return result;
}
