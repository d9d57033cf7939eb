import Hashing
package import Primitives

extension Transaction {
  /// Inverse of `init(encoded:)`: the RLP list of a legacy transaction; type byte and list of any other.
  package func encode() -> [UInt8] {
    encode { list in
      list.append(v)
      list.append(r)
      list.append(s)
    }
  }

  /// Keccak-256 of the encoding: the name of the transaction.
  package var hash: Hash256 { Keccak256.hash(encode()) }

  /// The fields that come before the signature, then what `appendEnd` adds.
  func encode(_ appendEnd: (inout RLPWriter) -> Void) -> [UInt8] {
    var writer = RLPWriter(capacity: 128 + data.count)
    if kind != .legacy { writer.appendRaw([kind.rawValue]) }
    writer.list { list in
      appendPayload(to: &list)
      appendEnd(&list)
    }
    return writer.bytes
  }

  private func appendPayload(to list: inout RLPWriter) {
    if kind != .legacy { list.append(chainID) }
    list.append(nonce)
    if kind >= .dynamicFee { list.append(maxPriorityFeePerGas) }
    list.append(maxFeePerGas)
    list.append(gasLimit)
    if let to { list.append(to) } else { list.append(bytes: []) }
    list.append(value)
    list.append(bytes: data)
    if kind != .legacy { appendAccessList(to: &list) }
    if kind == .blob {
      list.append(maxFeePerBlobGas)
      list.list { items in
        for hash in blobVersionedHashes { items.append(hash) }
      }
    }
    if kind == .setCode {
      list.list { items in
        for authorization in authorizationList { authorization.append(to: &items) }
      }
    }
  }

  private func appendAccessList(to list: inout RLPWriter) {
    list.list { items in
      for entry in accessList {
        items.list { item in
          item.append(entry.address)
          item.list { keys in
            for key in entry.storageKeys { keys.append(key) }
          }
        }
      }
    }
  }
}

extension Transaction.Kind: Comparable {
  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Authorization {
  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      appendSigned(to: &fields)
      fields.append(yParity)
      fields.append(r)
      fields.append(s)
    }
  }

  /// The fields that are signed.
  func appendSigned(to fields: inout RLPWriter) {
    fields.append(chainID)
    fields.append(address)
    fields.append(nonce)
  }
}
