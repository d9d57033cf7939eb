/// Why bytes are not the canonical RLP that was asked for, and where.
public struct RLPError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    /// The item wants this many bytes from the offset on, and only so many are there.
    case truncated(needed: Int, available: Int)
    /// An item was asked for where the list or the input has ended.
    case endOfInput
    /// A single byte below 0x80 must stand for itself.
    case byteWithNeedlessHeader
    case lengthWithLeadingZero
    /// A payload of up to 55 bytes has its length in the first byte.
    case shortLengthInLongForm
    /// No item of this many bytes can be held.
    case lengthTooLarge(UInt64)
    case expectedBytes
    case expectedList
    /// A number has no leading zero bytes; zero is the empty string.
    case numberWithLeadingZero
    /// A number may have at most so many bytes.
    case numberTooLarge(maximum: Int, actual: Int)
    /// A field of fixed size has another one.
    case wrongLength(expected: Int, actual: Int)
    /// This many bytes stand after the last item that was expected.
    case trailingBytes(Int)
    /// Lists are nested deeper than this.
    case tooDeep(limit: Int)
    /// The item is well-formed and yet not what may stand here; the text says what should.
    case invalidValue(String)
  }

  /// Where, in bytes from the start of the outermost input.
  public let offset: Int

  public let reason: Reason

  public init(offset: Int, reason: Reason) {
    self.offset = offset
    self.reason = reason
  }

  public var description: String {
    "RLP at byte \(offset): \(explanation)"
  }

  private var explanation: String {
    switch reason {
    case .truncated(let needed, let available): "an item needs \(needed) bytes, \(available) are left"
    case .endOfInput: "an item is missing"
    case .byteWithNeedlessHeader: "a byte below 0x80 must stand for itself, without a header"
    case .lengthWithLeadingZero: "a length has a leading zero byte"
    case .shortLengthInLongForm: "a length of at most 55 is written in the long form"
    case .lengthTooLarge(let length): "a length of \(length) bytes is beyond anything that can be held"
    case .expectedBytes: "a list stands where a byte string belongs"
    case .expectedList: "a byte string stands where a list belongs"
    case .numberWithLeadingZero: "a number has a leading zero byte"
    case .numberTooLarge(let maximum, let actual): "a number has \(actual) bytes, at most \(maximum) are allowed"
    case .wrongLength(let expected, let actual): "a field has \(actual) bytes instead of \(expected)"
    case .trailingBytes(let count): "\(count) bytes follow the last item expected"
    case .tooDeep(let limit): "lists are nested more than \(limit) deep"
    case .invalidValue(let expectation): expectation
    }
  }
}
