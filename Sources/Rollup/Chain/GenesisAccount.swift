package import Primitives

/// An account that a chain begins with.
package struct GenesisAccount: Hashable, Sendable {
  /// A storage slot that is not zero.
  package struct Slot: Hashable, Sendable {
    package var key: UInt256
    package var value: UInt256

    package init(key: UInt256, value: UInt256) {
      self.key = key
      self.value = value
    }
  }

  package var address: Address

  /// In wei.
  package var balance: UInt256

  package var nonce: UInt64
  package var code: [UInt8]

  /// By ascending key, none zero: `ChainConfiguration` sees to it.
  package var storage: [Slot]

  package init(address: Address, balance: UInt256, nonce: UInt64 = 0, code: [UInt8] = [], storage: [Slot] = []) {
    self.address = address
    self.balance = balance
    self.nonce = nonce
    self.code = code
    self.storage = storage
  }
}

extension GenesisAccount {
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    address = try fields.readAddress()
    balance = try fields.readUInt256()
    nonce = try fields.readUInt64()
    code = try fields.readBytes().bytes
    let offset = fields.offset
    storage = try fields.readAll { (items) throws(RLPError) in try Slot(&items) }
    try fields.finish()
    guard isStorageCanonical else {
      throw RLPError(offset: offset, reason: .invalidValue("slots stand by ascending key, without zero values"))
    }
  }

  private var isStorageCanonical: Bool {
    storage.allSatisfy { !$0.value.isZero } && zip(storage, storage.dropFirst()).allSatisfy { $0.key < $1.key }
  }

  func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(address)
      fields.append(balance)
      fields.append(nonce)
      fields.append(bytes: code)
      fields.list { (items) in
        for slot in storage { slot.append(to: &items) }
      }
    }
  }
}

extension GenesisAccount.Slot {
  fileprivate init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    key = try fields.readUInt256()
    value = try fields.readUInt256()
    try fields.finish()
  }

  fileprivate func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(key)
      fields.append(value)
    }
  }
}
