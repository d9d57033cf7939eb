import L1
import Primitives
import Roles
import Rollup
import Settlement

extension DevnetStage {
  mutating func doubleSign(_ devnet: inout Devnet) async throws(NodeError) {
    try await advance(&devnet) { $0.view.safeHead >= 3 }
    devnet.sequencer.submit(DevnetParty.user.transfer(nonce: 0))
    try await advance(&devnet, limit: 12) { $0.view.blocks.last?.derived.block.transactions.isEmpty == false }
    guard var second = devnet.view.blocks.last?.derived.block, let first = devnet.sign(second, as: .sequencer) else {
      return expect(false, "there is a block")
    }
    expect(!second.transactions.isEmpty, "block \(second.number) holds what the user sent, who has a receipt of it")
    second.timestamp += 1
    let permission = devnet.sequencer.signingGuard.permission(for: second, devnet.view)
    expect(permission == nil, "the sequencer's own guard refuses to sign block \(second.number) twice")
    say("a copy of the key without the guard signs another order for block \(second.number)")
    guard let other = devnet.sign(second, as: .sequencer) else { return expect(false, "it signs") }
    try devnet.publish(other, of: second)
    devnet.isSequencing = false
    devnet.isPosting = false
    let report = Intent(
      .reportDoubleSign, .reportDoubleSign(first: first, second: other),
      because: "one key has signed two orders for one height, with one origin")
    say("no role looks for this; the user was shown both signatures, and reports them for the reward")
    let before = try wealth(of: .user, devnet)
    try devnet.perform([report], as: DevnetParty.user.address)
    let isSlashed = try await advance(&devnet, limit: 4) {
      $0.view.sequencerBonds[DevnetParty.sequencer.address] == nil
    }
    expect(isSlashed, "the bond behind the key is gone")
    let reward = try wealth(of: .user, devnet) - before
    expect(
      !reward.isZero && reward + reward <= devnet.view.currentSettings.bonds.sequencer,
      "who reported it gets \(reward.etherText), and at least as much is burned")
    expect(devnet.view.currentSettings.sequencer == .zero, "the key can sign no more, and there is no other")
    try await goOn(with: .nextSequencer, &devnet)
  }

  /// The guardian names a new key, and the order goes on from where it was.
  private mutating func goOn(with key: DevnetParty, _ devnet: inout Devnet) async throws(NodeError) {
    let change = Intent(
      .changeSettings, .updateConfiguration(.sequencer(key.address)),
      because: "the old key was shown to contradict itself")
    try devnet.perform([change], as: DevnetParty.guardian.address)
    devnet.isSequencing = true
    devnet.isPosting = true
    let head = devnet.view.safeHead
    devnet.sequencer.submit(DevnetParty.user.transfer(nonce: 1))
    let before = balance(of: .friend, devnet)
    let goesOn = try await advance(&devnet, limit: 12) { $0.view.safeHead > head + 4 }
    expect(goesOn, "blocks that the new key signs extend what the old one signed")
    expect(devnet.view.currentSettings.sequencer == key.address, "the new key is the one that may sign")
    expect(balance(of: .friend, devnet) == before + 1_000_000, "and carry out what the user sends")
    let isFinal = try await advance(&devnet) { devnet in
      devnet.view.outputs.contains { $0.status == .final && $0.output.l2BlockNumber > head }
    }
    expect(isFinal, "an output over blocks of both keys becomes final")
    expect(devnet.view.sequencerBonds[key.address] != nil, "the new key's bond is whole")
  }
}
