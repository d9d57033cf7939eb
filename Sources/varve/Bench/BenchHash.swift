import ArgumentParser
import Dispatch
import EVM
import Hashing
import Primitives
import Signatures
import Synchronization

/// `varve bench hash`: Keccak-256, SHA-256, CRC-32C and the recovery of senders.
struct BenchHash: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hash",
    abstract: "Measure hashes, checksums and the recovery of senders.",
    discussion: """
      Rates are of the processor's time, so that what else runs on the machine does
      not count. SHA-256 is measured as the precompiled contract.
      """)

  @Option(help: "Milliseconds for each figure.")
  var time = 300

  func run() throws {
    let budget = Double(time) / 1e3
    for size in [64, 532, 100_000] {
      let messages = PayloadPool(bytes: size).batch(PayloadPool.count, from: 0)
      let message = messages[0]
      RateLine("keccak-one", size, 1, Rate.best(budget) { Keccak256.hash(message).bytes[0] }).print()
      RateLine(
        "keccak-many", size, messages.count, Rate.best(budget) { UInt8(Keccak256.hashEach(messages).count) }
      ).print()
      RateLine("sha256", size, 1, Rate.best(budget) { Self.sha256(message) }).print()
      RateLine(
        "crc32c", size, 1, Rate.best(budget) { UInt8(truncatingIfNeeded: CRC32C.checksum(message)) }
      ).print()
    }
    let senders = try SenderPool()
    RateLine("recover-one", 0, SenderPool.count, Rate.best(budget) { senders.recoverAll() }).print()
    RateLine("recover-all", 0, SenderPool.count, Rate.bestOfEachProcessor(budget) { senders.recoverAll() }).print()
  }

  private static func sha256(_ message: [UInt8]) -> UInt8 {
    guard let hash = try? Precompile.sha256.run(on: message.rawSpan, .osaka) else { return 0 }
    return hash.first ?? 0
  }
}

/// Signatures of transactions' hashes, made before the clock starts.
private struct SenderPool: Sendable {
  static let count = 64

  private let signed: [(hash: Hash256, signature: Signature)]

  init() throws {
    signed = try (1...Self.count).map { index in
      let number = UInt64(index)
      let hash = Keccak256.hash([UInt8(index)])
      return (hash, try Secp256k1.sign(hash, privateKey: Hash256(0, 0, 0, number)))
    }
  }

  func recoverAll() -> UInt8 {
    signed.reduce(0) { sum, item in
      guard let address = try? Secp256k1.recoverAddress(hash: item.hash, signature: item.signature) else { return sum }
      return sum &+ address.bytes[0]
    }
  }
}

/// How often something can be done in a second.
enum Rate {
  /// Calls of `body` a second of the processor's time: the best of the stretches that fit into `budget` seconds. What
  /// `body` gives is added up, so that it cannot be left out.
  static func best(_ budget: Double, _ body: () -> UInt8) -> Double {
    var (best, spent, repeats) = (0.0, 0.0, 1)
    var sum: UInt8 = 0
    while spent < budget {
      let start = ProcessorTime.now
      for _ in 0..<repeats { sum &+= body() }
      let seconds = ProcessorTime.now - start
      spent += seconds
      if seconds < budget / 20 {
        repeats *= 2
      } else {
        best = max(best, Double(repeats) / seconds)
      }
    }
    withExtendedLifetime(sum) {}
    return best
  }

  /// The rate of one processor while all of them do the same.
  static func bestOfEachProcessor(_ budget: Double, _ body: @Sendable () -> UInt8) -> Double {
    let processors = ProcessorTime.processors
    let rates = Mutex<[Double]>([])
    DispatchQueue.concurrentPerform(iterations: processors) { _ in
      let rate = best(budget, body)
      rates.withLock { $0.append(rate) }
    }
    return rates.withLock { $0.reduce(0, +) / Double(processors) }
  }
}

/// A rate, as a line of JSON with the keys of the rivals.
struct RateLine: Encodable {
  let figure: String
  var engine = "varve"
  let messageBytes: Int
  let messages: Int
  let perSecond: Double

  /// - Parameter rate: calls a second, each for `messages` messages.
  init(_ figure: String, _ messageBytes: Int, _ messages: Int, _ rate: Double) {
    self.figure = figure
    self.messageBytes = messageBytes
    self.messages = messages
    perSecond = rate * Double(messages)
  }

  func print() {
    StandardStream.output.write(JSON.line(self) + "\n")
  }
}
