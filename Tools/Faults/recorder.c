// Records what a process asks of the file system, so that a power cut at any moment can be played afterwards.
//
//   gcc -shared -fPIC -O2 -o recorder.so recorder.c -ldl -lpthread
//   LD_PRELOAD=recorder.so VARVE_RECORD_BELOW=DIRECTORY VARVE_RECORD_TO=FILE program …
//
// With VARVE_RECORD_FAIL_META=N the program is told of its Nth write that should be durable that it failed, after the
// kernel has taken it: whether it reached the disk is open. With VARVE_RECORD_KILL_AT_MAP=N the program is killed at the Nth
// time that it maps a watched file, before it does; with N+ as soon as it has.
//
// Watched are names below DIRECTORY, and standard output: what is printed there was acknowledged. Every operation that
// succeeded is one entry of FILE, in the order in which they took effect, for each of which the calls of one process are
// held one behind the other. An entry, integers little-endian:
//
//   operation u8 · offset u64 · file u64 · length of first u32 · length of second u32 · first · second
//
// operation: 1 write, 2 write that is durable when it returns (O_DSYNC, O_SYNC), 3 truncate to offset, 4 sync of a file,
// 5 file made, 6 rename, 7 unlink, 8 directory made, 9 sync of a directory, 10 acknowledged, 11 link, 12 rmdir,
// 13 write that should have been durable, and of which the program was told that it failed, 14 sync of a file system,
// 15 exchange of two names.
// file: the number of the inode, by which a file is known whatever its names are. first: the name below DIRECTORY; second:
// the bytes written, or the new name.
//
// Writes through a map are not seen; the program under test maps files for reading only. LMDB's lock file is shared memory
// that no restart reads, and is left out.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum operation {
  op_write = 1, op_durable_write, op_truncate, op_sync, op_create, op_rename, op_unlink, op_mkdir, op_sync_directory,
  op_acknowledge, op_link, op_rmdir, op_failed_write, op_sync_all, op_exchange
};

enum { descriptor_limit = 4096 };

struct watched {
  char *name;  // below the directory; NULL when it is none of ours
  uint64_t inode;
  int is_durable, is_directory;
};

static struct watched descriptors[descriptor_limit];
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char below[PATH_MAX];
static size_t below_length;
static int journal = -1;
static long durable_writes, failing_write, maps, last_map;
static int is_killed_behind;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

static void put(const void *bytes, size_t count) {
  while (count > 0) {
    ssize_t done = REAL(write)(journal, bytes, count);
    if (done < 0 && errno != EINTR) abort();
    if (done > 0) bytes = (const char *)bytes + done, count -= done;
  }
}

static void note(
  enum operation operation, uint64_t offset, uint64_t inode, const char *first, const void *second, uint32_t length) {
  uint8_t head[25];
  uint32_t name_length = strlen(first);
  head[0] = operation;
  memcpy(head + 1, &offset, 8);
  memcpy(head + 9, &inode, 8);
  memcpy(head + 17, &name_length, 4);
  memcpy(head + 21, &length, 4);
  put(head, sizeof head);
  put(first, name_length);
  put(second, length);
}

static void begin(void) { pthread_mutex_lock(&turn); }
static void end(void) { int code = errno; pthread_mutex_unlock(&turn); errno = code; }

__attribute__((constructor)) static void start(void) {
  const char *directory = getenv("VARVE_RECORD_BELOW"), *target = getenv("VARVE_RECORD_TO");
  if (!directory || !target || !realpath(directory, below)) return;
  below_length = strlen(below);
  journal = REAL(open)(target, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (journal < 0) abort();
  const char *failing = getenv("VARVE_RECORD_FAIL_META");
  if (failing) failing_write = atol(failing);
  const char *killing = getenv("VARVE_RECORD_KILL_AT_MAP");
  if (killing) last_map = atol(killing), is_killed_behind = strchr(killing, '+') != NULL;
}

// The name below the directory, in memory of its own; NULL when the path leads elsewhere, or to the lock file.
static char *watched_name(const char *path) {
  char full[PATH_MAX], parent[PATH_MAX], resolved[PATH_MAX];
  if (journal < 0 || strlen(path) >= PATH_MAX - 1) return NULL;
  strcpy(full, path);
  size_t length = strlen(full);
  while (length > 1 && full[length - 1] == '/') full[--length] = 0;
  if (!realpath(full, resolved)) {
    // Not there (yet, or any more): the directory above it is.
    char *slash = strrchr(full, '/');
    strcpy(parent, slash ? full : ".");
    if (slash) parent[slash == full ? 1 : slash - full] = 0;
    if (!realpath(parent, resolved)) return NULL;
    const char *last = slash ? slash + 1 : full;
    if (strlen(resolved) + strlen(last) + 2 > PATH_MAX) return NULL;
    strcat(strcat(resolved, "/"), last);
  }
  if (strncmp(resolved, below, below_length) != 0) return NULL;
  if (resolved[below_length] != 0 && resolved[below_length] != '/') return NULL;
  const char *name = resolved + below_length + (resolved[below_length] == '/');
  const char *last = strrchr(name, '/');
  if (strcmp(last ? last + 1 : name, "lock.mdb") == 0) return NULL;
  return strdup(name);
}

static struct watched *watched(int descriptor) {
  if (journal < 0 || descriptor < 0 || descriptor >= descriptor_limit) return NULL;
  return descriptors[descriptor].name ? &descriptors[descriptor] : NULL;
}

static int note_open(int descriptor, char *name, int flags, int was_there) {
  if (!name) return descriptor;
  struct stat status;
  if (descriptor < 0 || descriptor >= descriptor_limit || fstat(descriptor, &status) != 0) {
    if (descriptor >= descriptor_limit) abort();
    free(name);
    return descriptor;
  }
  free(descriptors[descriptor].name);
  descriptors[descriptor] = (struct watched){
    name, status.st_ino, (flags & (O_DSYNC | O_SYNC)) != 0, S_ISDIR(status.st_mode)};
  if (!was_there && (flags & O_CREAT)) note(op_create, 0, status.st_ino, name, NULL, 0);
  if (was_there && (flags & O_TRUNC)) note(op_truncate, 0, status.st_ino, name, NULL, 0);
  return descriptor;
}

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
  }
  begin();
  int was_there = access(path, F_OK) == 0;
  int descriptor = REAL(open)(path, flags, mode);
  if (descriptor >= 0) note_open(descriptor, watched_name(path), flags, was_there);
  end();
  return descriptor;
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

int close(int descriptor) {
  begin();
  if (watched(descriptor)) {
    free(descriptors[descriptor].name);
    descriptors[descriptor].name = NULL;
  }
  int code = REAL(close)(descriptor);
  end();
  return code;
}

static void note_write(int descriptor, const void *bytes, ssize_t done, off_t offset) {
  struct watched *file = watched(descriptor);
  if (done <= 0 || !file) return;
  note(file->is_durable ? op_durable_write : op_write, offset, file->inode, file->name, bytes, done);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (journal < 0 || descriptor == journal) return REAL(write)(descriptor, bytes, count);
  begin();
  off_t offset = watched(descriptor) ? lseek(descriptor, 0, SEEK_CUR) : 0;
  // An acknowledgement is noted before anybody can read it.
  if (descriptor == STDOUT_FILENO) note(op_acknowledge, 0, 0, "", bytes, count);
  ssize_t done = REAL(write)(descriptor, bytes, count);
  note_write(descriptor, bytes, done, offset);
  end();
  return done;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  begin();
  ssize_t done = REAL(pwrite)(descriptor, bytes, count, offset);
  struct watched *file = watched(descriptor);
  if (done > 0 && file && file->is_durable && ++durable_writes == failing_write) {
    note(op_failed_write, offset, file->inode, file->name, bytes, done);
    errno = EIO, done = -1;
  }
  note_write(descriptor, bytes, done, offset);
  end();
  return done;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t offset) __attribute__((alias("pwrite")));

static void note_vector(int descriptor, const struct iovec *parts, int count, ssize_t done, off_t offset) {
  for (int part = 0; part < count && done > 0; part++) {
    ssize_t length = (ssize_t)parts[part].iov_len < done ? (ssize_t)parts[part].iov_len : done;
    note_write(descriptor, parts[part].iov_base, length, offset);
    offset += length, done -= length;
  }
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  begin();
  off_t offset = watched(descriptor) ? lseek(descriptor, 0, SEEK_CUR) : 0;
  ssize_t done = REAL(writev)(descriptor, parts, count);
  note_vector(descriptor, parts, count, done, offset);
  end();
  return done;
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
  begin();
  ssize_t done = REAL(pwritev)(descriptor, parts, count, offset);
  note_vector(descriptor, parts, count, done, offset);
  end();
  return done;
}

static int note_sync(int descriptor, int code) {
  struct watched *file = watched(descriptor);
  if (code == 0 && file)
    note(file->is_directory ? op_sync_directory : op_sync, 0, file->inode, file->name, NULL, 0);
  return code;
}

int fsync(int descriptor) {
  begin();
  int code = note_sync(descriptor, REAL(fsync)(descriptor));
  end();
  return code;
}

int fdatasync(int descriptor) {
  begin();
  int code = note_sync(descriptor, REAL(fdatasync)(descriptor));
  end();
  return code;
}

int syncfs(int descriptor) {
  begin();
  struct watched *file = watched(descriptor);
  int code = REAL(syncfs)(descriptor);
  if (code == 0 && file) note(op_sync_all, 0, file->inode, file->name, NULL, 0);
  end();
  return code;
}

int ftruncate(int descriptor, off_t length) {
  begin();
  int code = REAL(ftruncate)(descriptor, length);
  struct watched *file = watched(descriptor);
  if (code == 0 && file) note(op_truncate, length, file->inode, file->name, NULL, 0);
  end();
  return code;
}

int ftruncate64(int descriptor, off_t length) __attribute__((alias("ftruncate")));

// An operation on one or two names; what they are called is found out before they change.
static int named(enum operation operation, int (*call)(const char *, const char *), const char *old, const char *new) {
  begin();
  char *first = watched_name(old), *second = new ? watched_name(new) : NULL;
  int code = call(old, new);
  if (code == 0 && first) note(operation, 0, 0, first, second, second ? strlen(second) : 0);
  free(first);
  free(second);
  end();
  return code;
}

int rename(const char *old, const char *new) { return named(op_rename, REAL(rename), old, new); }

static __thread unsigned rename_flags;
static int call_renameat2(const char *old, const char *new) {
  return REAL(renameat2)(AT_FDCWD, old, AT_FDCWD, new, rename_flags);
}
int renameat2(int old_directory, const char *old, int new_directory, const char *new, unsigned flags) {
  if (old_directory != AT_FDCWD || new_directory != AT_FDCWD || flags & RENAME_WHITEOUT) abort();
  rename_flags = flags;
  return named(flags & RENAME_EXCHANGE ? op_exchange : op_rename, call_renameat2, old, new);
}

int link(const char *old, const char *new) { return named(op_link, REAL(link), old, new); }

static int call_unlink(const char *path, const char *none) { (void)none; return REAL(unlink)(path); }
int unlink(const char *path) { return named(op_unlink, call_unlink, path, NULL); }

static int call_rmdir(const char *path, const char *none) { (void)none; return REAL(rmdir)(path); }
int rmdir(const char *path) { return named(op_rmdir, call_rmdir, path, NULL); }

int mkdir(const char *path, mode_t mode) {
  begin();
  int code = REAL(mkdir)(path, mode);
  char *name = watched_name(path);
  if (code == 0 && name) note(op_mkdir, 0, 0, name, NULL, 0);
  free(name);
  end();
  return code;
}

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  begin();
  int is_last = last_map > 0 && watched(descriptor) && ++maps == last_map;
  if (is_last && !is_killed_behind) kill(getpid(), SIGKILL);
  void *map = REAL(mmap)(address, length, protection, flags, descriptor, offset);
  if (is_last) kill(getpid(), SIGKILL);
  end();
  return map;
}

void *mmap64(void *, size_t, int, int, int, off_t) __attribute__((alias("mmap")));
