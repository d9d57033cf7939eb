import ArgumentParser

/// `varve output`: what was posted about L2's state, and what the log gives.
struct OutputCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "output",
    abstract: "Posted outputs: what they claim, what the log gives, and until when they can be disputed.",
    discussion: """
      Ends with 1 when an output that is shown, and not deleted, is wrong: so a
      watcher needs no more than the exit code.

      EXAMPLES
        varve output list
        varve output show 0
        varve output verify
      """,
    subcommands: [OutputList.self, OutputShow.self, OutputVerify.self])
}
