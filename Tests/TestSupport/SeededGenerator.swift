// Random numbers that can be replayed.

import Foundation
import Primitives

/// The same numbers for the same seed on every machine.
///
/// A test takes `SeededGenerator()`: its seed comes from `VARVE_TEST_SEED` when that is set, is fresh otherwise, and is
/// printed with the test's name, so that a failing run can be repeated exactly.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  /// What to put into `VARVE_TEST_SEED` to get these numbers again.
  public let seed: UInt64

  private var numbers: SplitMix64

  /// The same numbers every time; prints nothing.
  public init(seed: UInt64) {
    self.seed = seed
    numbers = SplitMix64(seed: seed)
  }

  /// A replayable seed, printed under `name` on standard error.
  public init(name: String = #function) {
    let chosen = Self.seedOfEnvironment ?? UInt64.random(in: .min ... .max)
    self.init(seed: chosen)
    let line = "seed of \(name): VARVE_TEST_SEED=\(chosen)\n"
    FileHandle.standardError.write(Data(line.utf8))
  }

  public mutating func next() -> UInt64 { numbers.next() }

  /// `count` random bytes.
  public mutating func bytes(count: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count + 7)
    while result.count < count {
      let word = next()
      for shift in stride(from: 0, to: 64, by: 8) {
        result.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    result.removeLast(result.count - count)
    return result
  }

  private static let seedOfEnvironment: UInt64? =
    ProcessInfo.processInfo.environment["VARVE_TEST_SEED"].flatMap { UInt64($0) }
}
