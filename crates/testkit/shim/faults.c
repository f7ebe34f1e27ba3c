/* Preloaded into a program under test: at the n-th rename, sync, truncation or removal below a directory the process
 * dies, or the call fails without having done anything. The Rust side is `ut_testkit::shim`.
 *
 * It sees what goes through libc: all of Rust's `std::fs` (and so the log, the small files and fjall), SQLite, and the
 * embedded engine, which imports these names and calls `renameat2` through `syscall`. (`nm -D --undefined-only` says
 * so; what a program's own inlined system calls do is not seen.)
 *
 * FAULT_DIR      only calls on paths below this directory count
 * FAULT_CONTROL  what to do, read anew at every such call: "generation action nth times kinds paths", where action is
 *                   count, kill or a number for errno, and kinds and paths are glob patterns
 * FAULT_RECORD   gets a line per call that matches: "generation n outcome kind path", outcome being - for nothing
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static long counted, generation_counted = -1;

/* The function behind this one. */
#define NEXT(name) ({ static __typeof__(&name) next; if (!next) next = dlsym(RTLD_NEXT, #name); next; })

/* Whether `path` lies below the watched directory. */
static int watched(const char *path) {
    const char *dir = getenv("FAULT_DIR");
    size_t length = dir ? strlen(dir) : 0;
    return length && !strncmp(path, dir, length) && (path[length] == '/' || !path[length]);
}

/* Reads the order that stands in the control file into `text`. */
static int read_order(char *text, size_t size) {
    const char *control = getenv("FAULT_CONTROL");
    int file = control ? open(control, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    ssize_t length = read(file, text, size - 1);
    close(file);
    if (length <= 0) return 0;
    text[length] = 0;
    return 1;
}

static void record(long generation, long n, const char *outcome, const char *kind, const char *path) {
    char line[PATH_MAX + 128];
    const char *place = getenv("FAULT_RECORD");
    int length = snprintf(line, sizeof line, "%ld %ld %s %s %s\n", generation, n, outcome, kind, path);
    int file = place ? open(place, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (file < 0) return;
    if (write(file, line, length) != length) abort();
    close(file);
}

/* 0 to go on with the call, or the errno to fail with. Does not return when the process is to die. */
static int strike(const char *kind, const char *path) {
    if (!watched(path)) return 0;
    int before = errno, failure = 0;
    char text[PATH_MAX + 256], action[32], kinds[64], paths[PATH_MAX];
    long generation, nth, times;
    pthread_mutex_lock(&turn);
    if (read_order(text, sizeof text)
        && sscanf(text, "%ld %31s %ld %ld %63s %4095s", &generation, action, &nth, &times, kinds, paths) == 6
        && !fnmatch(kinds, kind, 0) && !fnmatch(paths, path, 0)) {
        if (generation != generation_counted) generation_counted = generation, counted = 0;
        int due = ++counted >= nth && counted < nth + times && strcmp(action, "count");
        record(generation, counted, due ? action : "-", kind, path);
        if (due && !strcmp(action, "kill")) {
            kill(getpid(), SIGKILL);
            for (;;) pause();
        }
        failure = due ? atoi(action) : 0;
    }
    pthread_mutex_unlock(&turn);
    errno = before;
    return failure;
}

/* The same for an open file. */
static int strike_file(const char *kind, int file) {
    char link[64], path[PATH_MAX];
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length <= 0) return 0;
    path[length] = 0;
    return strike(kind, path);
}

/* The same for a name in an open directory. */
static int strike_at(const char *kind, int dir, const char *name) {
    if (!name || name[0] == '/') return name ? strike(kind, name) : 0;
    char link[64], path[PATH_MAX];
    int before = errno;
    if (dir == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length <= 0 || (size_t)length + strlen(name) + 2 > sizeof path) return 0;
    path[length] = '/';
    strcpy(path + length + 1, name);
    return strike(kind, path);
}

#define FAIL_IF(failure) do { int error = (failure); if (error) { errno = error; return -1; } } while (0)

int rename(const char *from, const char *to) {
    FAIL_IF(strike_at("rename", AT_FDCWD, from));
    return NEXT(rename)(from, to);
}

int renameat(int dir, const char *from, int to_dir, const char *to) {
    FAIL_IF(strike_at("rename", dir, from));
    return NEXT(renameat)(dir, from, to_dir, to);
}

int renameat2(int dir, const char *from, int to_dir, const char *to, unsigned int flags) {
    FAIL_IF(strike_at("rename", dir, from));
    return NEXT(renameat2)(dir, from, to_dir, to, flags);
}

int unlink(const char *path) {
    FAIL_IF(strike_at("unlink", AT_FDCWD, path));
    return NEXT(unlink)(path);
}

int unlinkat(int dir, const char *path, int flags) {
    FAIL_IF(strike_at("unlink", dir, path));
    return NEXT(unlinkat)(dir, path, flags);
}

int fsync(int file) {
    FAIL_IF(strike_file("sync", file));
    return NEXT(fsync)(file);
}

int fdatasync(int file) {
    FAIL_IF(strike_file("sync", file));
    return NEXT(fdatasync)(file);
}

int ftruncate(int file, off_t length) {
    FAIL_IF(strike_file("truncate", file));
    return NEXT(ftruncate)(file, length);
}

int ftruncate64(int file, off64_t length) {
    FAIL_IF(strike_file("truncate", file));
    return NEXT(ftruncate64)(file, length);
}

long syscall(long number, ...) {
    long a[6];
    va_list rest;
    va_start(rest, number);
    for (int n = 0; n < 6; n++) a[n] = va_arg(rest, long);
    va_end(rest);
    if (number == SYS_renameat2 || number == SYS_renameat)
        FAIL_IF(strike_at("rename", (int)a[0], (const char *)a[1]));
    if (number == SYS_unlinkat) FAIL_IF(strike_at("unlink", (int)a[0], (const char *)a[1]));
    if (number == SYS_fsync || number == SYS_fdatasync) FAIL_IF(strike_file("sync", (int)a[0]));
    return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
