package import Primitives

/// What has to stand behind words, in wei.
package struct BondSchedule: Hashable, Sendable {
  /// Behind an output.
  package var output: UInt256

  /// Behind a claim of a dispute game at depth 0; see `claim(atDepth:)`.
  package var claim: UInt256

  /// Behind everything that a sequencer signs.
  package var sequencer: UInt256

  package init(output: UInt256, claim: UInt256, sequencer: UInt256) {
    self.output = output
    self.claim = claim
    self.sequencer = sequencer
  }

  /// Behind a claim at `depth`: growing with it, because a claim further down costs its opponent more work.
  package func claim(atDepth depth: Int) -> UInt256 {
    claim &* UInt256(UInt64(depth) + 1)
  }
}

extension BondSchedule {
  /// Reads the next item.
  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let offset = fields.offset
    output = try fields.readUInt256()
    claim = try fields.readUInt256()
    sequencer = try fields.readUInt256()
    try fields.finish()
    guard [output, claim, sequencer].allSatisfy({ $0 < BondSchedule.bound }) else {
      throw RLPError(offset: offset, reason: .invalidValue("a bond is below 2^128 wei"))
    }
  }

  func append(to writer: inout RLPWriter) {
    writer.list { (fields) in
      fields.append(output)
      fields.append(claim)
      fields.append(sequencer)
    }
  }

  /// More than all the ether there is, and few enough bits that no sum of bonds wraps.
  private static let bound = UInt256(1) << 128
}
