import ArgumentParser

/// `varve equivocation`: what a sequencer signed, held against itself.
struct EquivocationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "equivocation",
    abstract: "Find out whether a sequencer contradicted itself, and prove it.",
    discussion: """
      The testimony log keeps what a sequencer was heard to sign (`varve import
      feed`); batches on L1 carry its signature too. Whatever cannot both be meant
      is an accusation, judged by what L1 says: proven, excused, undetermined,
      historical, or refused. An honest sequencer is never proven guilty.

      EXAMPLES
        varve equivocation scan
        varve equivocation show 0 --out 0.evidence
        varve equivocation verify 0.evidence
      """,
    subcommands: [
      EquivocationScanCommand.self, EquivocationShow.self, EquivocationReceipt.self, EquivocationVerify.self,
      EquivocationDrillCommand.self,
    ])
}
