import Primitives
import StateTransition

extension BlockOutcome {
  /// All of the block's changes of accounts as one, those that were changed back included.
  var diff: StateDiff {
    var changes: [Address: StateDiff.AccountChange] = [:]
    for change in diffs.flatMap(\.accounts) {
      let clears = change.clearsStorage || changes[change.address]?.clearsStorage == true
      changes[change.address] = StateDiff.AccountChange(
        address: change.address, account: change.account, clearsStorage: clears)
    }
    return StateDiff(Array(changes.values))
  }
}
