import ArgumentParser
import EventStore
import Foundation
import Node
import Primitives
import Rollup
import Testimony

/// `varve import feed FILE…`: what a sequencer was heard to sign, into the testimony log.
struct ImportFeed: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "feed",
    abstract: "Import captured messages of a sequencer's feed into the testimony log.",
    discussion: """
      A capture file is JSON Lines: {"raw", "format", "source", "receivedAt"}. `raw`
      is the message byte for byte, 0x and hex digits, or the text itself as Nitro's
      feed sends it; `receivedAt` is in milliseconds since 1970. The format is

        varve  a signed commitment of this store's own rollup; "block" may hold the
               block's RLP beside it
        op     a block of the OP Stack's gossip, compressed as on the wire
        nitro  an element of `messages` of Arbitrum Nitro's feed

      Every message is kept once, with the place in the ledger at which it came.
      Gaps in a source's numbers are recorded. What cannot be read shows nothing,
      and is counted and left out; so is what goes beyond what one sender may fill
      the log with. Of a stranger little is kept: for a chain of another stack name
      its sequencer's key with --signer.

      EXAMPLES
        varve import feed capture.jsonl
        varve import feed --format op op.jsonl \\
          --signer 0x52ce28b03f2cba74dbb4dcb3dffdf1fa1c5ebfe1
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("Format of lines that do not name theirs.", valueName: "varve|op|nitro"))
  var format: FeedFormat?

  @Option(help: ArgumentHelp("A key whose word counts on a chain of another stack.", valueName: "address"))
  var signer: [AddressArgument] = []

  @Argument(help: ArgumentHelp("Capture files, in order.", valueName: "file"), completion: .file())
  var files: [String]

  /// Messages that are looked at together, on all processors: so many, of so many bytes in all.
  private static let batchSize = (messages: 4096, bytes: 32 << 20)

  func execute(_ console: Console) throws {
    let ledger = try options.openLog(.readOnly)
    let log = try options.openLog(LogChoice(.testimony), .create)
    let testimony = try TestimonyLog(log, ledger: ledger, signers: Set(signer.map(\.address)))
    let bar = ProgressBar("messages", console: console)
    var report = ImportFeedReport()
    for file in files {
      var messages: [HeardMessage] = []
      var bytes = 0
      try CaptureFile.forEachLine(of: file) { number, line in
        do throws(CaptureError) {
          messages.append(try HeardMessage(captureLine: line, defaultFormat: format?.format))
        } catch {
          throw Failure(.cannot, "\(file), line \(number): \(error)", remedy: "see `varve import feed --help`")
        }
        bytes += line.count
        guard messages.count == Self.batchSize.messages || bytes >= Self.batchSize.bytes else { return }
        report.add(try testimony.take(messages))
        messages.removeAll(keepingCapacity: true)
        bytes = 0
        bar.update(done: UInt64(report.messages), total: nil)
      }
      report.add(try testimony.take(messages))
    }
    bar.clear()
    report.seconds = bar.elapsed
    console.report(report)
  }
}

/// A file of lines, each read when it is its turn.
enum CaptureFile {
  /// The hexadecimal digits of the longest message, its block's, and all that may stand beside them.
  static let longestLine = 4 * SignedMessage.greatestByteCount + (1 << 20)

  private static let pieceSize = 1 << 20

  /// Calls `body` with every line that is not empty, and its number, counted from 1 over all lines.
  ///
  /// - Throws: what `body` throws; `cannot` when the file cannot be read, or has a longer line than any message takes.
  static func forEachLine(of path: String, _ body: (Int, [UInt8]) throws -> Void) throws {
    let handle: FileHandle
    do { handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)) } catch {
      throw Failure(.cannot, "\(path) cannot be read: \(error.localizedDescription)")
    }
    defer { try? handle.close() }
    var (rest, number): ([UInt8], Int) = ([], 1)
    while true {
      let piece: Data
      do { piece = try handle.read(upToCount: pieceSize) ?? Data() } catch {
        throw Failure(.cannot, "\(path) cannot be read: \(error.localizedDescription)")
      }
      guard !piece.isEmpty else { break }
      for part in piece.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
        if part.offset > 0 {
          if !rest.isEmpty { try body(number, rest) }
          rest.removeAll(keepingCapacity: rest.count < pieceSize)
          number += 1
        }
        rest += part.element
      }
      guard rest.count <= longestLine else {
        throw Failure(.cannot, "\(path), line \(number): it is longer than any message's")
      }
    }
    if !rest.isEmpty { try body(number, rest) }
  }
}

/// A format of signed messages.
struct FeedFormat: ExpressibleByArgument {
  let format: SequencerCommitmentObserved.Format

  init?(argument: String) {
    guard let format = SequencerCommitmentObserved.Format(name: argument) else { return nil }
    self.format = format
  }

  static var allValueStrings: [String] { SequencerCommitmentObserved.Format.allCases.map { "\($0)" } }
}

/// What `varve import feed` prints.
struct ImportFeedReport: Report {
  struct Refusal: Encodable {
    let reason: String
    let count: Int
  }

  private(set) var messages = 0
  private(set) var recorded = 0
  private(set) var duplicates = 0
  private(set) var gaps = 0
  private(set) var overLimit = 0
  private(set) var refused: [Refusal] = []
  var seconds = 0.0

  private var reasons: [String: Int] = [:]

  private enum CodingKeys: CodingKey {
    case messages, recorded, duplicates, gaps, overLimit, refused, seconds
  }

  mutating func add(_ outcome: TestimonyLog.Outcome) {
    recorded += outcome.recorded
    duplicates += outcome.duplicates
    gaps += outcome.gaps
    overLimit += outcome.overLimit
    reasons.merge(outcome.refused, uniquingKeysWith: +)
    refused = reasons.sorted { $0.key < $1.key }.map { Refusal(reason: $0.key, count: $0.value) }
    messages += outcome.recorded + outcome.duplicates + outcome.overLimit + outcome.refused.values.reduce(0, +)
  }

  func render(on page: inout Page) {
    page.line("heard: \(Quantity.count(messages)) messages, \(Quantity.count(recorded)) of them new", .good)
    page.facts([
      ("known before", Quantity.count(duplicates)), ("gaps", Quantity.count(gaps)),
      ("beyond a limit", Quantity.count(overLimit)),
      ("show nothing", Quantity.count(refused.reduce(0) { $0 + $1.count })),
      ("rate", Quantity.rate(UInt64(messages), "messages", seconds: seconds)),
    ])
    for refusal in refused { page.line("  \(Quantity.count(refusal.count)): \(refusal.reason)") }
  }
}
