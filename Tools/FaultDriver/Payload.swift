import Primitives

/// What a record holds: who wrote it, which one of theirs it is, and bytes that follow from both.
///
/// So the checker knows every byte of a record from its first 24, and that no record of a writer is missing or twice.
struct Payload: Hashable {
  static let headerSize = 24

  /// Stands for a thread whose only payload, number 0, may be written again and again.
  static let again = UInt64.max

  /// The seed of the process that wrote it.
  let process: UInt64
  /// The thread of that process.
  let writer: UInt64
  /// How many the thread had written before.
  let count: UInt64

  init(process: UInt64, writer: UInt64, count: UInt64) {
    self.process = process
    self.writer = writer
    self.count = count
  }

  /// Reads the first bytes; nil if there are too few.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.headerSize else { return nil }
    func word(_ index: Int) -> UInt64 { bytes[8 * index..<8 * index + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    self.init(process: word(0), writer: word(1), count: word(2))
  }

  /// All bytes: mostly a few hundred, sometimes more than fit on a page, sometimes enough for several chunks.
  var bytes: [UInt8] {
    var random = SplitMix64(seed: process &* 31 &+ writer &* 1_000_003 &+ count)
    let size: Int
    switch random.next() % 16 {
    case 0: size = Int.random(in: 24...20_000, using: &random)
    case 1: size = Int.random(in: 1900...2100, using: &random)
    default: size = Int.random(in: 24...400, using: &random)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 8)
    for word in [process, writer, count] { append(word, to: &bytes) }
    while bytes.count < size { append(random.next(), to: &bytes) }
    return Array(bytes.prefix(size))
  }

  private func append(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
  }
}
