import Dispatch
import Glibc
import Hashing
import Primitives
import Synchronization

/// What has to be computed of a payload before it can be recorded, and does not depend on where it will stand.
struct PayloadDigest: Sendable {
  /// Keccak-256.
  let hash: Hash256

  /// See `NewRecord.checksumPart`.
  let checksumPart: CRC32C.Part?

  static func checksumPart(of payload: [UInt8]) -> CRC32C.Part? {
    payload.count > PayloadLayout.inlineLimit ? CRC32C.Part(payload.rawSpan) : nil
  }
}

/// Digests of a batch's payloads, by all processors that have nothing better to do.
///
/// Hashing large payloads costs about as much as writing them. Callers that come with large batches at the same time
/// take turns, each with all processors: the first one's batch is ready, and on its way to the disk, while the next
/// one's is being hashed. Had they shared the processors, all would be ready at the same late moment, and the disk idle
/// until then. A writer at work has a processor to itself, as what it does is what everyone waits for in the end; the one
/// that made room for it comes back when the writer has nothing left to do.
extension PayloadDigest {
  /// How many logs of this process are committing at the moment.
  static let writersAtWork = Atomic(0)

  /// Bytes that are worth a turn of another processor: some thirty microseconds of hashing, where waking one takes ten.
  private static let sliceBytes = 1 << 16

  /// What slices consist of, so that no lane of the wide permutation is idle: the widest one's number of lanes.
  private static let sliceGranularity = 8

  /// How long one that makes room for a writer waits before it looks again, in microseconds.
  private static let pause: UInt32 = 250

  /// What a processor hashes meanwhile.
  private static let bytesPerPause = 1 << 19

  private static let processors = max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
  private static let turn = Mutex(())

  /// The digest of each payload, in order.
  static func each(_ payloads: [[UInt8]]) -> [PayloadDigest] {
    let slices = slices(of: payloads)
    guard slices.count > 1, processors > 1 else { return digests(of: payloads) }
    let digests = Mutex([[PayloadDigest]](repeating: [], count: slices.count))
    let next = Atomic(0)
    let meanBytes = payloads.reduce(0) { $0 + $1.count } / slices.count
    turn.withLock { _ in
      DispatchQueue.concurrentPerform(iterations: min(processors, slices.count)) { worker in
        while next.load(ordering: .relaxed) < slices.count {
          let free = max(processors - writersAtWork.load(ordering: .relaxed), 1)
          guard worker < free else {
            // What is left, with the slices that are being hashed. If that is done before this one would look again,
            // everyone would wait for it.
            let left = (slices.count - next.load(ordering: .relaxed) + free) * meanBytes
            if left < free * bytesPerPause { return }
            usleep(pause)
            continue
          }
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < slices.count else { return }
          let part = self.digests(of: Array(payloads[slices[index]]))
          digests.withLock { $0[index] = part }
        }
      }
    }
    return digests.withLock { $0.flatMap(\.self) }
  }

  private static func digests(of payloads: [[UInt8]]) -> [PayloadDigest] {
    zip(payloads, Keccak256.hashEach(payloads)).map { payload, hash in
      PayloadDigest(hash: hash, checksumPart: checksumPart(of: payload))
    }
  }

  private static func slices(of payloads: [[UInt8]]) -> [Range<Int>] {
    let count = payloads.reduce(sliceBytes - 1) { $0 + $1.count } / sliceBytes
    // Equal numbers of payloads, in full lanes: of about equal size where the payloads are.
    let share = (payloads.count + max(count, 1) - 1) / max(count, 1)
    let size = max((share + sliceGranularity - 1) / sliceGranularity * sliceGranularity, sliceGranularity)
    return stride(from: 0, to: payloads.count, by: size).map { $0..<min($0 + size, payloads.count) }
  }
}
