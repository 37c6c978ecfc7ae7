/* A disk that fails on demand, for tests, without the privileges that a real one would need.
 *
 * Preloaded into a process (LD_PRELOAD), this stands before the C library's calls that change files,
 * and fails them below the folder FAULT_FOLDER as a broken disk would. What is broken is one word in
 * the file FAULT_CONTROL, read at every call, so that a test changes it while the process runs:
 *
 *   healthy    all calls go through
 *   full       nothing can be written or made: ENOSPC
 *   read-only  as after a remount: EROFS
 *   stuck      what waits for the disk (fsync, fdatasync) waits until the word changes
 *   broken     what waits for the disk fails: EIO
 *
 * SQLite calls the C library by these names, also when it is linked into the program. The memory
 * that it maps from its -shm file is not stood before; it makes that memory's room by write. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* The state of the disk: the control file's first letter. By system calls, which are not stood
 * before. */
static char state(void) {
    const char *control = getenv("FAULT_CONTROL");
    char first = 'h';
    if (control == NULL) return first;
    int file = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) return first;
    if (syscall(SYS_read, file, &first, 1) != 1) first = 'h';
    syscall(SYS_close, file);
    return first;
}

static int is_below_folder(const char *path) {
    const char *folder = getenv("FAULT_FOLDER");
    return folder != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_file_of_folder(int file) {
    char link[64], path[PATH_MAX + 1];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX);
    if (length <= 0) return 0;
    path[length] = 0;
    return is_below_folder(path);
}

/* The error of a change on a disk in this state; 0: none. */
static int fault_of_change(void) {
    switch (state()) {
    case 'f': return ENOSPC;
    case 'r': return EROFS;
    default: return 0;
    }
}

static int change_fails(int file) {
    int fault = fault_of_change();
    if (fault == 0 || !is_file_of_folder(file)) return 0;
    errno = fault;
    return 1;
}

static int change_fails_at(const char *path) {
    int fault = fault_of_change();
    if (fault == 0 || !is_below_folder(path)) return 0;
    errno = fault;
    return 1;
}

static int sync_fails(int file) {
    if (!is_file_of_folder(file)) return 0;
    while (state() == 's') {
        struct timespec pause = {0, 2 * 1000 * 1000};
        nanosleep(&pause, NULL);
    }
    if (state() != 'b') return 0;
    errno = EIO;
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *bytes, size_t count) {
    return change_fails(file) ? -1 : REAL(write)(file, bytes, count);
}
ssize_t writev(int file, const struct iovec *parts, int count) {
    return change_fails(file) ? -1 : REAL(writev)(file, parts, count);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    return change_fails(file) ? -1 : REAL(pwrite)(file, bytes, count, at);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    return change_fails(file) ? -1 : REAL(pwrite64)(file, bytes, count, at);
}
ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t count,
                        unsigned flags) {
    if (change_fails(to)) return -1;
    return REAL(copy_file_range)(from, from_at, to, to_at, count, flags);
}
int fsync(int file) { return sync_fails(file) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return sync_fails(file) ? -1 : REAL(fdatasync)(file); }

/* A full disk still takes what makes room: names and ends of files may go. */
static int removal_fails(int file) { return state() == 'r' && change_fails(file); }

int ftruncate(int file, off_t length) {
    return removal_fails(file) ? -1 : REAL(ftruncate)(file, length);
}
int ftruncate64(int file, off64_t length) {
    return removal_fails(file) ? -1 : REAL(ftruncate64)(file, length);
}
int unlink(const char *path) {
    return state() == 'r' && change_fails_at(path) ? -1 : REAL(unlink)(path);
}

/* Opening for reading works on every disk. A full one has no room for a new name, a read-only one
 * opens nothing for writing. */
static int open_fails(const char *path, int flags) {
    if (flags & O_CREAT && access(path, F_OK) != 0) return change_fails_at(path);
    if ((flags & O_ACCMODE) == O_RDONLY || state() != 'r') return 0;
    return change_fails_at(path);
}

#define MODE(flags, mode)                                                                          \
    mode_t mode = 0;                                                                               \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                         \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode = va_arg(rest, mode_t);                                                               \
        va_end(rest);                                                                              \
    }

int open(const char *path, int flags, ...) {
    MODE(flags, mode)
    return open_fails(path, flags) ? -1 : REAL(open)(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE(flags, mode)
    return open_fails(path, flags) ? -1 : REAL(open64)(path, flags, mode);
}
int rename(const char *from, const char *to) {
    return change_fails_at(to) ? -1 : REAL(rename)(from, to);
}
