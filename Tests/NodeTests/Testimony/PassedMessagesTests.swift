// What a limit has kept out, until its other half comes.

import Primitives
import Rollup
import Testimony
import Testing

@testable import Node

@Suite("Passed messages")
struct PassedMessagesTests {
  private func statement(
    _ order: UInt64, height: UInt64 = 1, signer: UInt64 = 1, parent: UInt64 = 0, origin: UInt64 = 1,
    format: SequencerCommitmentObserved.Format = .varve
  ) -> Statement {
    Statement(
      format: format, signer: Address(signer, 0, 0), digest: Hash256(order, height, parent, origin), height: height,
      order: Hash256(order, 1, 1, 1), parent: Hash256(parent, 2, 2, 2),
      origin: BlockID(number: origin, hash: Hash256(origin, 3, 3, 3)), timestamp: 0)
  }

  private func message(bytes: Int = 100) -> HeardMessage {
    HeardMessage(raw: [UInt8](repeating: 0, count: bytes), format: .varve, source: "feed", receivedAt: 0)
  }

  @Test("what is held is found by another order on its ground: of the OP Stack that is the parent, too")
  func grounds() {
    var passed = PassedMessages()
    passed.insert(message(), statement(1, parent: 1, format: .op))
    for parent in 2...20 as ClosedRange<UInt64> {
      passed.insert(message(), statement(parent, parent: parent, format: .op))
    }
    for parent in 1...20 as ClosedRange<UInt64> {
      let found = passed.order(beside: statement(99, parent: parent, format: .op))
      #expect(found?.statement == statement(parent, parent: parent, format: .op))
      #expect(passed.order(beside: statement(parent, parent: parent, format: .op)) == nil)
    }
    passed.insert(message(), statement(1, parent: 1))
    #expect(passed.order(beside: statement(2, parent: 2))?.statement == statement(1, parent: 1))
    for other in [statement(2, height: 2), statement(2, signer: 2), statement(2, origin: 2)] {
      #expect(passed.order(beside: other) == nil)
    }
  }

  @Test("the newest are held; a key that sends without end pushes out its own and no other key's, by number and bytes")
  func shares() {
    func floods(_ count: UInt64, bytes: Int, from first: UInt64 = 1000, _ passed: inout PassedMessages) {
      for height in first..<first + count { passed.insert(message(bytes: bytes), statement(1, height: height)) }
    }
    func isHeld(_ height: UInt64, of signer: UInt64, _ passed: PassedMessages) -> Bool {
      passed.order(beside: statement(2, height: height, signer: signer)) != nil
    }
    let limit = UInt64(PassedMessages.messageLimit)
    for (count, bytes, held) in [(3 * limit, 100, limit - 5), (60, 1 << 20, 10)] {
      var passed = PassedMessages()
      for height in 1...5 as ClosedRange<UInt64> {
        passed.insert(message(bytes: bytes), statement(1, height: height, signer: 2))
      }
      floods(count, bytes: bytes, &passed)
      for height in 1...5 as ClosedRange<UInt64> { #expect(isHeld(height, of: 2, passed)) }
      let last = 1000 + count
      #expect(isHeld(last - held, of: 1, passed) && isHeld(last - 1, of: 1, passed))
      #expect(!isHeld(last - held - 1, of: 1, passed) && !isHeld(1000, of: 1, passed))
    }
    // Whoever has most gives way, whoever comes last.
    var passed = PassedMessages()
    floods(limit, bytes: 100, &passed)
    passed.insert(message(), statement(1, signer: 3))
    #expect(isHeld(1, of: 3, passed) && !isHeld(1000, of: 1, passed) && isHeld(1001, of: 1, passed))
  }
}
