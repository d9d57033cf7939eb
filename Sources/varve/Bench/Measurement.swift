import EventStore

/// One figure, printed as a line of JSON with the same keys as those of the rivals.
struct Measurement: Encodable {
  var figure: String
  var engine = "varve"
  var sync: String
  var recordBytes: Int
  var batch: Int
  var callers: Int
  var records: UInt64
  var seconds: Double
  var recordsPerSecond: Double
  var bytesOnDisk: Int

  /// How many commits there were, how many callers shared one on average, and what the end of one took.
  var commits: Int?
  var callersPerCommit: Double?
  var secondsPerCommit: Double?

  init(
    _ figure: String, sync: String = "-", recordBytes: Int, batch: Int = 0, callers: Int = 1, records: UInt64,
    time: Duration, bytesOnDisk: Int = 0
  ) {
    self.figure = figure
    self.sync = sync
    self.recordBytes = recordBytes
    self.batch = batch
    self.callers = callers
    self.records = records
    self.bytesOnDisk = bytesOnDisk
    seconds = time.seconds
    recordsPerSecond = Double(records) / seconds
  }

  /// Of something that was done with a whole log.
  init(_ figure: String, of head: Head, time: Duration, bytesOnDisk: Int = 0) {
    self.init(
      figure, recordBytes: Int(head.payloadBytes / max(head.size, 1)), records: head.size, time: time,
      bytesOnDisk: bytesOnDisk)
  }

  /// With what its commits came to.
  func with(_ totals: CommitTotals?) -> Measurement {
    guard let totals, totals.commits > 0 else { return self }
    var measurement = self
    measurement.commits = totals.commits
    measurement.callersPerCommit = Double(totals.requests) / Double(totals.commits)
    measurement.secondsPerCommit = totals.time.seconds / Double(totals.commits)
    return measurement
  }

  func print() {
    StandardStream.output.write(JSON.line(self) + "\n")
  }
}

/// Payloads that do not compress and differ from one another, made before the clock starts.
struct PayloadPool: Sendable {
  private let payloads: [[UInt8]]

  /// As many payloads as the rivals prepare.
  static let count = 64

  init(bytes: Int) {
    payloads = (0..<Self.count).map { index in
      var state = UInt64(index) &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234567
      return (0..<bytes).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state)
      }
    }
  }

  /// The payloads of a batch that begins with the `first`-th record. Copies references, no bytes.
  func batch(_ count: Int, from first: Int) -> [[UInt8]] {
    (first..<first + count).map { payloads[$0 % Self.count] }
  }
}
