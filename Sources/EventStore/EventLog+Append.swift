import Dispatch
package import Primitives
package import Rollup
import Synchronization

extension EventLog {
  /// Appends records, all or nothing, and returns when they are durable. Callers that arrive while a commit is on its
  /// way share the next one, in the order in which they arrived.
  ///
  /// L1 blocks and reorganisations have verbs of their own, `appendBlocks` and `appendReorg`, which keep the index of
  /// blocks; their kinds are a programmer's mistake here.
  ///
  /// - Parameter expected: the head on which the records build; `conflict`, with the actual head, if it is another.
  /// - Complexity: two SHA-256 for each record on the writer, one share of a commit (two syncs of the disk).
  @discardableResult
  package func append(_ records: [NewRecord], expecting expected: Head? = nil) throws(AppendError) -> Appended {
    Self.requirePlainKinds(records)
    return try submit(.records(records, expecting: expected))
  }

  /// As the synchronous form; the task waits without holding a thread.
  @discardableResult
  package func append(_ records: [NewRecord], expecting expected: Head? = nil) async throws(AppendError) -> Appended {
    Self.requirePlainKinds(records)
    return try await submit(.records(records, expecting: expected))
  }

  /// Appends L1 blocks with their records, all or nothing, idempotently.
  ///
  /// A block that is in the canonical view already, by number and hash, is left alone, and its positions are returned.
  /// A block that was revoked and comes back is appended anew.
  ///
  /// - Throws: `blockConflict` when another block is stored at a height, `blockGap` when a block does not follow the
  ///   newest one. The first block of a log may have any number.
  @discardableResult
  package func appendBlocks(_ blocks: [NewBlock]) throws(AppendError) -> Appended {
    try submit(.blocks(blocks))
  }

  /// As the synchronous form; the task waits without holding a thread.
  @discardableResult
  package func appendBlocks(_ blocks: [NewBlock]) async throws(AppendError) -> Appended {
    try await submit(.blocks(blocks))
  }

  /// Appends one L1 block; see `appendBlocks`. `newCount` is 0 if it was there.
  @discardableResult
  package func appendBlock(number: UInt64, hash: Hash256, records: [NewRecord]) throws(AppendError) -> Appended {
    try appendBlocks([NewBlock(number: number, hash: hash, records: records)])
  }

  /// Records that L1 has left the branch of `oldTip` after `commonAncestor`, and revokes what it said there. The
  /// revoked records stay; canonical readers skip them from the next snapshot on.
  ///
  /// - Throws: `reorgUnknown` unless `oldTip` is the newest stored block and `commonAncestor` is stored below it;
  ///   `reorgBelowFinalized` if a finalized block would go.
  @discardableResult
  package func appendReorg(
    oldTip: BlockID, newTip: BlockID, commonAncestor: BlockID
  ) throws(AppendError) -> Appended {
    try submit(.reorg(oldTip: oldTip, newTip: newTip, commonAncestor: commonAncestor))
  }

  private static func requirePlainKinds(_ records: [NewRecord]) {
    precondition(
      records.indices.allSatisfy { records[$0].kind != .l1BlockAppended && records[$0].kind != .l1Reorged },
      "L1 blocks are appended with appendBlocks, reorganisations with appendReorg")
  }

  /// Hands a request to the writer and waits for its outcome.
  private func submit(_ request: AppendRequest) throws(AppendError) -> Appended {
    let outcome = Mutex<Result<Appended, AppendError>>(.failure(.readOnly))
    let done = DispatchSemaphore(value: 0)
    try enqueue(request) { result in
      outcome.withLock { $0 = result }
      done.signal()
    }
    done.wait()
    return try outcome.withLock { $0 }.get()
  }

  private func submit(_ request: AppendRequest) async throws(AppendError) -> Appended {
    let outcome: Result<Appended, AppendError> = await withCheckedContinuation { continuation in
      do throws(AppendError) {
        try enqueue(request) { continuation.resume(returning: $0) }
      } catch { continuation.resume(returning: .failure(error)) }
    }
    return try outcome.get()
  }

  private func enqueue(
    _ request: AppendRequest, _ acknowledge: @escaping @Sendable (Result<Appended, AppendError>) -> Void
  ) throws(AppendError) {
    guard let writer else { throw .readOnly }
    if let bytes = request.longestPayload, bytes > PayloadLayout.longestPayload {
      throw .payloadTooLong(bytes: bytes, limit: PayloadLayout.longestPayload)
    }
    writer.submit(
      LogWriter.Pending(request: request, byteCount: request.byteCount, acknowledge: acknowledge), to: environment)
  }
}

extension AppendRequest {
  /// Bytes of the longest payload; nil without records.
  var longestPayload: Int? {
    switch self {
    case .records(let records, _): Self.longestPayload(of: records)
    case .blocks(let blocks): blocks.lazy.compactMap { Self.longestPayload(of: $0.records) }.max()
    case .reorg: nil
    }
  }

  private static func longestPayload(of records: [NewRecord]) -> Int? {
    records.indices.lazy.map { records[$0].payload.count }.max()
  }
}
