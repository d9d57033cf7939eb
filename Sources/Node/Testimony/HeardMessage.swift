import Foundation
import Primitives
package import Rollup
import Testimony

/// A message as it came from a feed, before anything is known of it.
package struct HeardMessage: Hashable, Sendable {
  /// Byte for byte as received.
  package var raw: [UInt8]
  package var format: SequencerCommitmentObserved.Format

  /// The block that it is about, when its body came along.
  package var block: RollupBlock?

  /// Where it came from.
  package var source: String

  /// In milliseconds since 1970.
  package var receivedAt: UInt64

  package init(
    raw: [UInt8], format: SequencerCommitmentObserved.Format, block: RollupBlock? = nil, source: String,
    receivedAt: UInt64
  ) {
    self.raw = raw
    self.format = format
    self.block = block
    self.source = source
    self.receivedAt = receivedAt
  }
}

extension HeardMessage {
  /// Reads a line of a capture file: `{"raw", "format", "source", "receivedAt"}` and, for a commitment, perhaps `"block"`.
  ///
  /// `raw` is `0x` and hexadecimal digits; anything else is the message's own text, as Nitro's feed has it.
  ///
  /// - Parameter format: of lines that do not say theirs.
  package init(
    captureLine line: [UInt8], defaultFormat format: SequencerCommitmentObserved.Format?
  ) throws(CaptureError) {
    guard let json = JSONValue(line.rawSpan) else { throw CaptureError(reason: "it is no JSON object") }
    guard let text = json["raw"]?.string else { throw CaptureError(reason: "it has no raw message") }
    let named = json["format"]?.string
    guard let format = named.map({ SequencerCommitmentObserved.Format(name: $0) }) ?? format else {
      throw CaptureError(reason: "its format is none of varve, op and nitro")
    }
    raw = try Self.bytes(text)
    self.format = format
    block = try json["block"].map { value throws(CaptureError) in try Self.block(value) }
    source = json["source"]?.string ?? ""
    receivedAt = json["receivedAt"]?.uint64 ?? 0
  }

  private static func bytes(_ text: String) throws(CaptureError) -> [UInt8] {
    guard text.hasPrefix("0x") else { return [UInt8](text.utf8) }
    do throws(HexError) { return try Hex.decode(text) } catch { throw CaptureError(reason: "\(error)") }
  }

  private static func block(_ value: JSONValue) throws(CaptureError) -> RollupBlock {
    guard let text = value.string, let bytes = try? Hex.decode(text) else {
      throw CaptureError(reason: "its block is no hexadecimal text")
    }
    do throws(RLPError) {
      var reader = RLPReader(bytes.rawSpan)
      let block = try RollupBlock(&reader)
      try reader.finish()
      return block
    } catch { throw CaptureError(reason: "its block is none: \(error)") }
  }

  /// The line of a capture file.
  package var captureLine: String {
    var members = ["\"format\":\"\(format)\"", "\"raw\":\"\(Hex.encode(raw))\"", "\"receivedAt\":\(receivedAt)"]
    let quoted = (try? JSONEncoder().encode(source)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    members.append("\"source\":\(quoted)")
    if let block {
      var writer = RLPWriter()
      block.append(to: &writer)
      members.append("\"block\":\"\(Hex.encode(writer.bytes))\"")
    }
    return "{\(members.joined(separator: ","))}"
  }
}

extension SequencerCommitmentObserved.Format {
  /// As commands and capture files have it.
  package init?(name: String) {
    guard let format = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
    self = format
  }
}

/// Why a line of a capture file is none.
package struct CaptureError: Error, Equatable, Sendable, CustomStringConvertible {
  package let reason: String

  package var description: String { reason }
}
