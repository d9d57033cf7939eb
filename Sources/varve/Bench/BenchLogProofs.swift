import ArgumentParser
import EventStore
import MerkleLog
import Primitives
import Rollup
import SystemPackage

/// `varve bench log proofs`: inclusion proofs of records all over the log, made from the store and checked without it.
struct BenchLogProofs: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "proofs", abstract: "Make and check inclusion proofs.")

  @Argument(help: "The directory of the log.")
  var directory: String

  @Option(help: "How many.")
  var count = 20_000

  func run() throws {
    let log = try EventLog.open(FilePath(directory), mode: .readOnly)
    let head = try log.head()
    // Steps of an odd number of records: neighbouring proofs share little.
    let positions = (0..<UInt64(count)).map { Position(($0 &* 0x9E37_79B9_7F4A_7C15) % head.size) }
    let leaves = try positions.map { try log.record(at: $0).header.leafHash }
    let clock = ContinuousClock()
    var proofs: [InclusionProof] = []
    let making = try clock.measure {
      proofs = try positions.map { try log.inclusionProof(of: $0, inSize: head.size) }
    }
    let checking = try clock.measure {
      for (proof, leaf) in zip(proofs, leaves) { try proof.verify(leafHash: leaf, root: head.root) }
    }
    for (figure, time) in [("proof-make", making), ("proof-check", checking)] {
      Measurement(figure, recordBytes: 0, batch: Int(head.size), records: UInt64(count), time: time).print()
    }
  }
}

/// `varve bench log verify`: the full verification, without what only a chain's ledger has.
struct BenchLogVerify: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "verify", abstract: "Verify the whole log.")

  @Argument(help: "The directory of the log.")
  var directory: String

  @Option(help: "How often.")
  var rounds = 3

  func run() throws {
    let log = try EventLog.open(FilePath(directory), mode: .readOnly)
    let head = try log.head()
    // The payloads of these logs are noise, and no events.
    let options = EventLog.VerifyOptions(decodesEvents: false)
    let clock = ContinuousClock()
    for _ in 0..<rounds {
      var report: VerifyReport?
      let time = try clock.measure { report = try log.verify(options: options) }
      guard let report, report.isSound else { throw ExitCode(3) }
      Measurement("verify", of: head, time: time).print()
    }
  }
}
