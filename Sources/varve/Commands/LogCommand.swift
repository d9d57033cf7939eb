import ArgumentParser

/// `varve log`: looks at the log.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Look at the log, prove what is in it, copy it.",
    discussion: """
      The log holds everything that L1 has fixed, in order. All but `mirror` and
      `restore`, which make one, work while another process appends.

      EXAMPLES
        varve log stats
        varve log list --from 100 --count 10
        varve log show 0
        varve log verify
        varve log checkpoint
        varve log prove 17
        varve log compare ../other-store
      """,
    subcommands: [
      LogStats.self, LogList.self, LogShow.self, LogVerify.self, LogCompare.self, LogCheckpoint.self, LogProve.self,
      LogCheckProof.self, LogExport.self, LogMirror.self, LogBackup.self, LogRestore.self,
    ])
}
