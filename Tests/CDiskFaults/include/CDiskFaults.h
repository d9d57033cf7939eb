// Disk faults on demand, for tests.
//
// The calls by which LMDB writes are defined here once more. A program's own definition goes before the C library's, for
// the shared libraries that it loads as well; so the program of the tests asks here, and what is not told to fail goes on to
// the kernel. What is set here holds for the whole process: fail in an exit test, not beside other tests.

#pragma once

#include <stdint.h>

/// What a call does to an environment's file.
enum disk_call {
  /// Writes pages: pwrite, writev.
  DISK_WRITE,
  /// Waits until what was written is on the disk: fdatasync.
  DISK_SYNC,
  /// Writes a meta page: pwrite on a descriptor that was opened with O_DSYNC.
  DISK_META,
  /// Starts the disk without waiting: sync_file_range.
  DISK_START,
  /// Waits until the names in a directory are on the disk: fsync.
  DISK_NAMES,
};

/// What a call that is told to fail does.
enum disk_fault {
  /// Nothing, and reports `error`.
  DISK_REFUSES,
  /// Half of what it should write, and reports that half.
  DISK_WRITES_HALF,
};

/// Lets calls of one kind fail: the first `spared` succeed, the next `count` fail with `error`, later ones succeed again.
void disk_fail(enum disk_call call, enum disk_fault fault, int error, uint64_t spared, uint64_t count);

/// How many calls of this kind there have been since the process began.
uint64_t disk_calls(enum disk_call call);
