import ArgumentParser

/// `varve log`: looks at the log.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Look at the log: its size, its records, their soundness.",
    discussion: """
      The log holds everything that L1 has fixed, in order. These commands only
      read, and work while another process appends.

      EXAMPLES
        varve log stats
        varve log list --from 100 --count 10
        varve log show 0
        varve log verify
        varve log compare ../other-store
      """,
    subcommands: [LogStats.self, LogList.self, LogShow.self, LogVerify.self, LogCompare.self])
}
