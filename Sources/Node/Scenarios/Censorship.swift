import L1
import Primitives
import Roles
import Rollup
import Settlement

extension DevnetStage {
  mutating func censorship(_ devnet: inout Devnet) async throws(NodeError) {
    devnet.sequencer.isCensoring = true
    try await pass(4, &devnet)
    let before = balance(of: .friend, devnet)
    try devnet.perform([deposit(value: 7)], as: DevnetParty.user.address)
    try await advance(&devnet, limit: 12) { devnet in
      guard let message = devnet.view.messages.first?.message, let tip = devnet.view.l1Blocks.last else { return false }
      return tip.id.number >= message.deadlineBlock && tip.timestamp >= message.deadlineTime
    }
    expect(balance(of: .friend, devnet) == before, "the sequencer leaves the deposit out for as long as it can")
    let force = Intent(
      .forceMessages, .forceInclude(lastMessage: 0), because: "both deadlines have passed and the message is left out")
    try devnet.perform([force], as: DevnetParty.user.address)
    let isIn = try await advance(&devnet, limit: 6) { $0.view.blocks.contains { $0.derived.isForced } }
    expect(isIn, "the message makes a block of its own")
    expect(balance(of: .friend, devnet) == before + 7, "the deposit took effect")
    let head = devnet.view.safeHead
    devnet.sequencer.isCensoring = false
    let goesOn = try await advance(&devnet, limit: 30) { $0.view.safeHead > head + 2 }
    expect(goesOn, "the sequencer goes on from the forced block, and its guard knows why it may")
    expect(
      devnet.view.sequencerBonds[DevnetParty.sequencer.address] != nil,
      "a sequencer that was overruled is no equivocator: its bond is whole")
  }
}
