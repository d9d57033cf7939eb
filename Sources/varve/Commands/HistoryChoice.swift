import ArgumentParser
import ProjectionStore

/// Whether a projection that is made keeps what its rows were before.
enum HistoryChoice: String, EnumerableFlag {
  case archive, prune

  static func help(for value: HistoryChoice) -> ArgumentHelp? {
    switch value {
    case .archive: "Keep what every row was before each L1 block, to be read at any block."
    case .prune: "Forget what rows were once it is final."
    }
  }
}

extension Projector.Options {
  /// Nil: as the live version does, and pruned when there is none.
  mutating func choose(_ history: HistoryChoice?) {
    keepsHistory = history.map { $0 == .archive }
  }
}
