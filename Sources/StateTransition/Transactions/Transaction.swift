import Hashing
package import Primitives

/// A signed legacy transaction (yellow paper, section 4.2; with a chain id since EIP-155).
package struct Transaction: Hashable, Sendable {
  package var nonce: UInt64

  /// In wei per unit of gas.
  package var gasPrice: UInt256

  package var gasLimit: UInt64

  /// nil makes a contract.
  package var to: Address?

  /// In wei.
  package var value: UInt256

  package var data: [UInt8]

  /// 27 or 28, or 35 + 2 · chain id, plus the parity of the signature's point (EIP-155). A chain id has up to 64 bits,
  /// so this may have more.
  package var v: UInt256

  package var r: UInt256
  package var s: UInt256

  /// A transaction with the given fields; unsigned when `v`, `r` and `s` are left out.
  package init(
    nonce: UInt64, gasPrice: UInt256, gasLimit: UInt64, to: Address?, value: UInt256, data: [UInt8] = [],
    v: UInt256 = .zero, r: UInt256 = .zero, s: UInt256 = .zero
  ) {
    self.nonce = nonce
    self.gasPrice = gasPrice
    self.gasLimit = gasLimit
    self.to = to
    self.value = value
    self.data = data
    self.v = v
    self.r = r
    self.s = s
  }
}

extension Transaction {
  /// Reads a transaction as a block holds it: a legacy one is an RLP list; an EIP-2718 envelope begins with its type
  /// and is refused here. O(n).
  package init(encoded bytes: RawSpan) throws(TransactionError) {
    if bytes.byteCount > 0, bytes.byte(at: 0) <= Transaction.greatestEnvelopeType {
      throw .unsupportedType(bytes.byte(at: 0))
    }
    do {
      var outer = RLPReader(bytes)
      var list = try outer.readList()
      try outer.finish()
      nonce = try list.readUInt64()
      gasPrice = try list.readUInt256()
      gasLimit = try list.readUInt64()
      let recipient = try list.readBytes()
      guard recipient.byteCount == 0 || recipient.byteCount == Address.byteCount else {
        throw TransactionError.recipientLength(recipient.byteCount)
      }
      to = recipient.byteCount == 0 ? nil : Address(recipient)
      value = try list.readUInt256()
      data = try list.readBytes().bytes
      v = try list.readUInt256()
      r = try list.readUInt256()
      s = try list.readUInt256()
      try list.finish()
    } catch let error as RLPError {
      throw .malformed(error)
    } catch let error as TransactionError {
      throw error
    } catch {
      preconditionFailure("reading RLP throws RLPError only")
    }
  }

  /// Inverse of `init(encoded:)`.
  package func encode() -> [UInt8] {
    var writer = RLPWriter(capacity: 128 + data.count)
    writer.list { list in
      appendPayload(to: &list)
      list.append(v)
      list.append(r)
      list.append(s)
    }
    return writer.bytes
  }

  /// Keccak-256 of the encoding: the name of the transaction.
  package var hash: Hash256 { Keccak256.hash(encode()) }

  /// The first bytes an EIP-2718 envelope may have; a legacy transaction's list begins above.
  private static var greatestEnvelopeType: UInt8 { 0x7f }

  /// The six fields that come before the signature, which are also what is signed.
  func appendPayload(to list: inout RLPWriter) {
    list.append(nonce)
    list.append(gasPrice)
    list.append(gasLimit)
    if let to { list.append(to) } else { list.append(bytes: []) }
    list.append(value)
    list.append(bytes: data)
  }
}
