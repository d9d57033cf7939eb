package import Primitives

extension ForkSchedule {
  /// Reads the next item as a schedule.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    let offset = reader.offset
    var fields = try reader.readList()
    let activations = try fields.readAll { (items) throws(RLPError) in try Activation(&items) }
    let difficulty = try fields.readOptional { (item) throws(RLPError) in try item.readUInt256() }
    let daoFork = try fields.readOptional { (item) throws(RLPError) in try item.readUInt64() }
    let blobSchedule = try fields.readAll { (items) throws(RLPError) in try BlobParameters(&items) }
    let contract = try fields.readOptional { (item) throws(RLPError) in try item.readAddress() }
    try fields.finish()
    do {
      try self.init(
        activations: activations, terminalTotalDifficulty: difficulty, daoFork: daoFork, blobSchedule: blobSchedule,
        depositContract: contract)
    } catch {
      throw RLPError(offset: offset, reason: .invalidValue(error.description))
    }
  }

  /// Appends the schedule as one list.
  package func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.list { (items) in
        for activation in activations { activation.append(to: &items) }
      }
      fields.appendOptional(terminalTotalDifficulty) { (item, value) in item.append(value) }
      fields.appendOptional(daoFork) { (item, value) in item.append(value) }
      fields.list { (items) in
        for parameters in blobSchedule { parameters.append(to: &items) }
      }
      fields.appendOptional(depositContract) { (item, value) in item.append(value) }
    }
  }
}

extension ForkSchedule.Activation {
  fileprivate init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    fork = try fields.readChoice("a fork is a number from 0 to 22")
    start = try fields.readUInt64()
    try fields.finish()
  }

  fileprivate func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(fork.rawValue)
      fields.append(start)
    }
  }
}

extension BlobParameters {
  fileprivate init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    fork = try fields.readChoice("a fork is a number from 0 to 22")
    target = try fields.readUInt64()
    max = try fields.readUInt64()
    baseFeeUpdateFraction = try fields.readUInt64()
    try fields.finish()
  }

  fileprivate func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(fork.rawValue)
      fields.append(target)
      fields.append(max)
      fields.append(baseFeeUpdateFraction)
    }
  }
}
