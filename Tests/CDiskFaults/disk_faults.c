#define _GNU_SOURCE
#include "CDiskFaults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// What is to happen to one kind of call; counts are of calls since the process began.
struct plan {
  _Atomic uint64_t calls, first, end;
  _Atomic int error;
  _Atomic enum disk_fault fault;
};

static struct plan plans[DISK_NAMES + 1];

void disk_fail(enum disk_call call, enum disk_fault fault, int error, uint64_t spared, uint64_t count) {
  struct plan *plan = &plans[call];
  plan->fault = fault;
  plan->error = error;
  plan->first = plan->calls + spared;
  plan->end = plan->first + count;
}

uint64_t disk_calls(enum disk_call call) {
  return plans[call].calls;
}

// Counts a call. Whether it has to fail, and then as `fault` says.
static int fails(enum disk_call call, enum disk_fault *fault) {
  struct plan *plan = &plans[call];
  uint64_t number = plan->calls++;
  if (number < plan->first || number >= plan->end) return 0;
  *fault = plan->fault;
  if (*fault == DISK_REFUSES) errno = plan->error;
  return 1;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  enum disk_fault fault;
  if (fails(fcntl(file, F_GETFL) & O_DSYNC ? DISK_META : DISK_WRITE, &fault)) {
    if (fault == DISK_REFUSES) return -1;
    count /= 2;
  }
  return syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  enum disk_fault fault;
  if (fails(DISK_WRITE, &fault)) {
    if (fault == DISK_REFUSES) return -1;
    count = (count + 1) / 2;
  }
  return syscall(SYS_writev, file, parts, count);
}

int fdatasync(int file) {
  enum disk_fault fault;
  if (fails(DISK_SYNC, &fault)) return -1;
  return (int)syscall(SYS_fdatasync, file);
}

int fsync(int file) {
  struct stat info;
  enum disk_fault fault;
  if (fstat(file, &info) == 0 && S_ISDIR(info.st_mode) && fails(DISK_NAMES, &fault)) return -1;
  return (int)syscall(SYS_fsync, file);
}

int sync_file_range(int file, off64_t offset, off64_t count, unsigned flags) {
  enum disk_fault fault;
  if (fails(DISK_START, &fault)) return -1;
  return (int)syscall(SYS_sync_file_range, file, offset, count, flags);
}
