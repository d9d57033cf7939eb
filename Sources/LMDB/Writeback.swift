internal import CLMDB
internal import Glibc
internal import Synchronization

/// Keeps the disk busy while a large commit writes its pages.
///
/// A commit copies its pages into the kernel's cache, one after the other, and then waits until the last of them is on
/// the disk. Left alone, the kernel lets the disk begin only with that wait. So, during a large commit, another thread
/// asks the kernel every other moment to start writing out what is there already. Nothing waits for that thread, and
/// nothing depends on it: what makes a commit durable is LMDB's own sync, after which no page is left to be written.
final class Writeback: Sendable {
  /// A commit of fewer bytes is over before the disk would have got far.
  static let leastBytes = 1 << 20

  /// Between two looks: time in which some megabytes have come together.
  private static let interval: UInt32 = 500

  /// The end of the wait, shared with the job that waits for it.
  private final class Commit: Sendable {
    let isOver = Atomic(false)
  }

  private let environment: EnvironmentHandle
  private let file: Int32

  /// Started by the first large commit.
  private let thread = Mutex<JobThread?>(nil)

  init(of environment: EnvironmentHandle) {
    self.environment = environment
    var descriptor: mdb_filehandle_t = -1
    unsafe mdb_env_get_fd(environment.pointer, &descriptor)
    file = descriptor
  }

  /// Runs `commit`, which writes as many bytes of keys and values, and meanwhile has the kernel write out what the commit
  /// puts behind the pages that were in use before it.
  func during(bytesWritten: Int, _ commit: () -> Int32) -> Int32 {
    guard bytesWritten >= Self.leastBytes, let thread = startedThread() else { return commit() }
    let running = Commit()
    let (file, end) = (file, end)
    thread.enqueue {
      repeat {
        sync_file_range(file, Int(end), 0, varve_sync_file_range_write)
        usleep(Self.interval)
      } while !running.isOver.load(ordering: .relaxed)
    }
    defer { running.isOver.store(true, ordering: .relaxed) }
    return commit()
  }

  /// Ends the thread, before the environment closes its file.
  func close() {
    thread.withLock { thread in
      thread?.close {}
      thread = nil
    }
  }

  /// Nil if the system has no thread left: then the commit does without.
  private func startedThread() -> JobThread? {
    thread.withLock { thread in
      if thread == nil { thread = JobThread() }
      return thread
    }
  }

  /// Where the pages end that the last commit uses, in bytes.
  private var end: Int64 {
    var (information, statistics) = unsafe (MDB_envinfo(), MDB_stat())
    unsafe mdb_env_info(environment.pointer, &information)
    unsafe mdb_env_stat(environment.pointer, &statistics)
    return unsafe Int64(information.me_last_pgno + 1) * Int64(statistics.ms_psize)
  }
}
