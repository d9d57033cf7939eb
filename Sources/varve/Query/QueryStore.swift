import EventStore
import Primitives
import ProjectionStore
import Projections
import Rollup

/// What questions of users are answered from.
struct QueryStore {
  let index: Projector<QueryIndex>
  let state: Projector<ProposerState>

  /// The L1 block as of which questions are answered; nil for the newest.
  let l1Block: UInt64?

  /// The newest L1 block that cannot be left, as it is known now.
  let finalized: BlockID?

  /// How a command ends that has answered from rows which are behind the log.
  let behind: Failure?

  /// What answers come from, where that was not folded here.
  let imported: [ImportedRows]

  /// Brings the index, and the state that it is made of, to the head of the log.
  init(_ options: GlobalOptions, _ past: PastChoice) throws {
    let log = try options.openLog(.readOnly)
    index = try options.projector(QueryIndex.self, over: log)
    state = try options.projector(ProposerState.self, over: log)
    finalized = try log.finalizedBlock()
    behind = try index.catchUpUnlessWritten(options.console)
    imported = [try index.importedRows(), try state.importedRows()].compactMap(\.self)
    l1Block = try past.l1Block(of: index)
  }

  /// Lends the rows of the index, and says which L1 block they are of.
  func read<R>(_ body: (ProjectionView, BlockID) throws(FoldError) -> R) throws -> R {
    try index.read(at: l1Block, body)
  }

  /// On what an answer about an L2 block rests; nil for genesis, on which nothing was posted. The verdict is not in it yet.
  func trust(inBlock number: UInt64, _ view: ProjectionView) throws(FoldError) -> TrustReport? {
    guard let block = try QueryIndex.block(number, in: view) else { return nil }
    return TrustReport(
      block, try QueryIndex.outputs(covering: number, in: view), imported: imported, finalized: finalized,
      now: try QueryIndex.now(in: view)?.timestamp ?? 0)
  }

  /// Adds what this store's execution says of the outputs that answers rest on.
  func addVerdicts(to answers: inout [TrustReport]) throws {
    answers = try state.read(at: l1Block) { view, _ throws(FoldError) in
      var answers = answers
      for index in answers.indices {
        guard let output = answers[index].output else { continue }
        answers[index].add(try ProposerState.verdict(on: output, in: view))
      }
      return answers
    }
  }
}
