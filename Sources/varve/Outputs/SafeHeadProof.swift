import EventStore
import Foundation
import MerkleLog
import Primitives
import Projections
import Rollup

/// The records on which a safe head rests, as files that are checked with the log's public key and nothing else.
struct SafeHeadProof: Encodable {
  struct Record: Encodable {
    let position: UInt64
    let kind: String
    let l1Block: UInt64

    /// What it shows.
    let shows: String

    /// The proof, and the payload that it fixes.
    let proof: String
    let payload: String
  }

  let key: String
  let records: [Record]

  func render(on page: inout Page) {
    page.line()
    for record in records {
      page.line("record \(Quantity.count(record.position)) (\(record.kind)): \(record.shows)")
      page.line("  varve log check-proof \(record.proof) --payload \(record.payload) --key \(key)", .dim)
    }
    page.line("not shown by these alone: that derivation makes this block of the data, and none after it")
  }

  /// Writes proofs under one checkpoint, which is signed for them.
  static func write(
    _ found: DerivableAt, of log: EventLog, signedBy signer: LogSigner, into directory: String
  ) throws -> SafeHeadProof {
    let note = try signer.checkpoint(of: log)
    let size = try Checkpoint(text: note.text).size
    let files = URL(fileURLWithPath: directory)
    do { try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true) } catch {
      throw Failure(.cannot, "\(directory) cannot be made: \(error.localizedDescription)")
    }
    let records = try basis(of: found, in: log).map { position, shows in
      let record = try log.record(at: position)
      let leaf = record.header.leafBytes
      let proof = ProofFile(
        extra: (0..<leaf.count).map { leaf[$0] }, proof: try log.inclusionProof(of: position, inSize: size), note: note)
      let name = "\(directory)/record-\(position)"
      try save([UInt8](proof.encoded.utf8), as: "\(name).tlog-proof")
      try save(record.payload, as: "\(name).payload")
      return Record(
        position: position.rawValue, kind: record.kind.name, l1Block: record.header.coordinates.blockNumber,
        shows: shows, proof: "\(name).tlog-proof", payload: "\(name).payload")
    }
    return SafeHeadProof(key: "\(signer.verifierKey)", records: records)
  }

  private static func save(_ bytes: [UInt8], as path: String) throws {
    do { try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw Failure(.cannot, "\(path) cannot be written: \(error.localizedDescription)")
    }
  }

  /// The L1 block, the data of its head, and the block after it, which says what canonicalAcc was.
  private static func basis(of found: DerivableAt, in log: EventLog) throws -> [(Position, String)] {
    var basis: [(Position, String)] = []
    if let block = try log.block(found.l1Block.number) {
      basis.append((block.positions.lowerBound, "its payload has the header of L1 block \(found.l1Block.number)"))
    }
    if let data = try log.record(ofBlockAt: found.place, throughL1Block: found.l1Block.number) {
      basis.append((data.position, "it is what block \(found.head.number) is made of, no later than that"))
    }
    if let next = try log.block(found.l1Block.number + 1) {
      basis.append(
        (next.positions.lowerBound, "its payload has the canonicalAcc after L1 block \(found.l1Block.number)"))
    }
    return basis
  }
}
