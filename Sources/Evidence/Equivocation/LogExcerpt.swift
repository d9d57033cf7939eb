import Hashing
package import MerkleLog
package import Primitives
package import Rollup

/// Records of a ledger, each with its path to the log's root: what the log's operator has recorded. Whoever makes
/// the file chooses which: that there are no others, it does not show.
package struct LogExcerpt: Equatable, Sendable {
  package struct Record: Equatable, Sendable {
    package var header: RecordHeader
    package var payload: [UInt8]

    /// The siblings on the way from the leaf to the root.
    package var path: [Hash256]

    package init(header: RecordHeader, payload: [UInt8], proof: InclusionProof) {
      self.init(header: header, payload: payload, path: proof.hashes)
    }

    init(header: RecordHeader, payload: [UInt8], path: [Hash256]) {
      self.header = header
      self.payload = payload
      self.path = path
    }
  }

  /// A record, read.
  struct Entry {
    var position: Position
    var coordinates: L1Coordinates
    var event: Event
  }

  /// How many records the log had, and its root then.
  package var size: UInt64
  package var root: Hash256

  /// By ascending position.
  package var records: [Record]

  package init(size: UInt64, root: Hash256, records: [Record]) {
    self.size = size
    self.root = root
    self.records = records
  }

  /// The records' events, each shown to be in the log. O(log n) hashes for each.
  func events() throws(EvidenceError) -> [Entry] {
    var events: [Entry] = []
    for (index, record) in records.enumerated() {
      guard index == 0 || records[index - 1].header.position < record.header.position else {
        throw .badRecord(record.header.position, "it stands out of order")
      }
      events.append(
        Entry(
          position: record.header.position, coordinates: record.header.coordinates, event: try event(of: record)))
    }
    return events
  }

  private func event(of record: Record) throws(EvidenceError) -> Event {
    let position = record.header.position
    guard record.payload.count == Int(record.header.payloadLength),
      Keccak256.hash(record.payload) == record.header.payloadHash
    else {
      throw .badRecord(position, "its payload is not the one that was recorded")
    }
    let proof = InclusionProof(index: position.rawValue, size: size, hashes: record.path)
    do throws(ProofError) { try proof.verify(leafHash: record.header.leafHash, root: root) } catch {
      throw .badRecord(position, "\(error)")
    }
    do throws(EventError) { return try Event(kind: record.header.kind, payload: record.payload) } catch {
      throw .badRecord(position, "\(error)")
    }
  }
}

extension LogExcerpt {
  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(size)
      fields.append(root)
      fields.list { items in
        for record in records {
          items.list { item in
            let leaf = record.header.leafBytes
            item.append(bytes: (0..<leaf.count).map { leaf[$0] })
            item.append(bytes: record.payload)
            item.list { path in for hash in record.path { path.append(hash) } }
          }
        }
      }
    }
  }

  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    size = try fields.readUInt64()
    root = try fields.readHash256()
    records = try fields.readAll { items throws(RLPError) in
      var item = try items.readList()
      let offset = item.offset
      let leaf = try item.readBytes()
      guard let header = try? RecordHeader(leaf: leaf) else {
        throw RLPError(offset: offset, reason: .invalidValue("the leaf of a record"))
      }
      let payload = try item.readBytes().bytes
      let path = try item.readAll { hashes throws(RLPError) in try hashes.readHash256() }
      try item.finish()
      return Record(header: header, payload: payload, path: path)
    }
    try fields.finish()
  }
}
