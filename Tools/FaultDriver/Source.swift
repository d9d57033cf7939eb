import EventStore
import Primitives
import Rollup

/// What one thread of a victim appends, in order: the same for the same numbers.
struct Source {
  let process, writer: UInt64
  private var random: SplitMix64
  private var count: UInt64 = 0

  init(process: UInt64, writer: UInt64) {
    self.process = process
    self.writer = writer
    random = SplitMix64(seed: process &+ writer)
  }

  mutating func batch() -> [NewRecord] {
    (0..<Int.random(in: 1...12, using: &random)).map { _ in record() }
  }

  mutating func record() -> NewRecord {
    defer { count += 1 }
    return NewRecord(
      kind: .blockSequenced, coordinates: .block(count),
      payload: Payload(process: process, writer: writer, count: count).bytes)
  }
}
