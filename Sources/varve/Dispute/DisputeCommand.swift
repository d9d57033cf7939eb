import ArgumentParser

/// `varve dispute`: dispute games, and one-step proofs as files.
struct DisputeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dispute",
    abstract: "Look at dispute games; make and check one-step proofs.",
    discussion: """
      A dispute about an output narrows down, claim by claim, to one step of one
      block, which is then executed. The proof of that step is a file that anybody
      can check without a store.

      EXAMPLES
        varve dispute list
        varve dispute show 0
        varve dispute prove-step 0 7 --out step.proof
        varve dispute verify-step step.proof
      """,
    subcommands: [DisputeList.self, DisputeShow.self, DisputeProveStep.self, DisputeVerifyStep.self])
}
