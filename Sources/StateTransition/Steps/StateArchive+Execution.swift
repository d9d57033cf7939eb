package import Primitives
package import Rollup

extension StateArchive {
  /// Carries out an L2 block over the state after `parent`, which is here, and keeps the state after it.
  ///
  /// - Parameters:
  ///   - messages: those that the block consumes, whose root the context has.
  ///   - transactions: those of the order.
  package mutating func execute(
    _ context: RollupBlockContext, messages: [InboxCall], transactions: [[UInt8]], after parent: BlockHeader
  ) throws(StepError) -> (header: BlockHeader, hash: Hash256, fates: [TransactionFate]) {
    let id = BlockID(number: parent.number, hash: context.parentHash)
    let view = CommittedState(root: parent.stateRoot, parent: id, data: self)
    let outcome: RollupBlockOutcome
    do {
      outcome = try context.apply(messages: messages, transactions: transactions, to: view)
    } catch { throw .notExecutable(error.description) }
    do {
      let commitment = try outcome.commit(onto: parent.stateRoot, reader: CommittedTries(data: self))
      add(commitment.state)
      let hash = add(header: commitment.header.encode())
      return (commitment.header, hash, outcome.fates)
    } catch { throw .notExecutable(error.description) }
  }
}
