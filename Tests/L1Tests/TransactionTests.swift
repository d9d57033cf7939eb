import L1
import Primitives
import Testing

@Suite("Transactions of the embedded L1")
struct TransactionTests {
  private let transaction = L1Transaction(
    sender: Address(1, 2, 3), isContract: true, to: Address(4, 5, 6), value: 7, input: [8, 9], key: Hash256(1, 2, 3, 4))

  @Test("raw bytes give the transaction again")
  func roundTrip() throws {
    #expect(try L1Transaction(raw: transaction.encode().rawSpan) == transaction)
  }

  @Test("no other bytes give the transaction, whichever bit is another")
  func canonical() {
    let bytes = transaction.encode()
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << UInt8(bit)
        guard let decoded = try? L1Transaction(raw: changed.rawSpan) else { continue }
        #expect(decoded != transaction && decoded.encode() == changed, "byte \(index), bit \(bit)")
      }
    }
  }
}
