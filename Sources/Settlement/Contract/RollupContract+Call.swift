package import Primitives
import Rollup

extension RollupContract {
  /// Carries out a call, or refuses it with a reason and stays as it was.
  ///
  /// - Parameters:
  ///   - value: wei that come with the call; on success they are the contract's.
  ///   - context: the L1 block that holds the call. Neither number nor time go back from call to call.
  ///   - verifier: decides steps of blocks.
  /// - Complexity: O(log n) in what is stored and what is open, and besides linear in the call itself; a proof costs what
  ///   the verifier takes, deleting an output its descendants and their open claims, each once.
  package mutating func call(
    _ call: ContractCall, from caller: Caller, value: UInt256 = .zero, at context: L1Context,
    verifier: some StepVerifier
  ) throws(Revert) -> CallResult {
    guard bonds.canTake(value) else { throw .valueOverflow }
    if !call.isPayable, !value.isZero { throw .notPayable(value: value) }
    let from = caller.address
    switch call {
    case .deliverMessage(let request):
      return try deliverMessage(request, from: caller, value: value, at: context)
    case .postBatch(let batch): return try postBatch(batch, from: from, at: context)
    case .deliverBatchData(let index, let blocks):
      return try deliverBatchData(index, blocks, from: from, at: context)
    case .forceInclude(let last): return try forceInclude(through: last, from: from, at: context)
    case .proposeOutput(let output): return try proposeOutput(output, from: from, bond: value, at: context)
    case .finalizeOutput(let index): return try finalizeOutput(index, at: context)
    case .createGame(let index, let disputed, let claim):
      return try createGame(outputIndex: index, disputed: disputed, claim: claim, from: from, bond: value, at: context)
    case .move(let move): return try self.move(move, from: from, bond: value, at: context)
    case .step(let proof): return try step(proof, from: from, at: context, verifier: verifier)
    case .resolveClaim(let game, let claim): return try resolveClaim(gameId: game, claimIndex: claim, at: context)
    case .claimCredit(let beneficiary): return try claimCredit(of: from, to: beneficiary)
    case .depositSequencerBond(let key): return try depositSequencerBond(key: key, from: from, amount: value)
    case .releaseSequencerBond(let key): return try releaseSequencerBond(key: key, at: context)
    case .reportDoubleSign(let first, let second):
      return try reportDoubleSign(first, second, from: from, at: context)
    case .updateConfiguration(let update): return try updateConfiguration(update, from: from, at: context)
    case .pause: return try setPaused(true, from: from)
    case .unpause: return try setPaused(false, from: from)
    case .blacklistGame(let id, let disputed): return try blacklistGame(id, disputed, from: from)
    }
  }
}

extension ContractCall {
  /// Whether value may come with it.
  package var isPayable: Bool {
    switch self {
    case .deliverMessage, .proposeOutput, .createGame, .move, .depositSequencerBond: true
    case .postBatch, .deliverBatchData, .forceInclude, .finalizeOutput, .step, .resolveClaim, .claimCredit,
      .releaseSequencerBond, .reportDoubleSign, .updateConfiguration, .pause, .unpause, .blacklistGame:
      false
    }
  }
}
