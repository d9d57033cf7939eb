/// What the texts of notes have in common. All of it works on bytes: comparing Swift's characters would take different
/// spellings of a letter for equal.
enum NoteText {
  static let lineFeed = UInt8(ascii: "\n")

  /// Throws unless the bytes are UTF-8 without control characters but line feeds.
  static func requireCharacters(_ bytes: [UInt8]) throws(NoteError) {
    if bytes.contains(where: { $0 < 0x20 && $0 != lineFeed }) {
      throw .malformed("it has a control character other than line feed")
    }
    guard isUTF8(bytes) else { throw .malformed("it is not UTF-8") }
  }

  private static func isUTF8(_ bytes: [UInt8]) -> Bool {
    String(validating: bytes, as: UTF8.self) != nil
  }

  /// Where the last empty line begins that follows a line; nil if there is none.
  static func lastEmptyLine(of bytes: [UInt8]) -> Int? {
    bytes.indices.dropFirst().last { bytes[$0] == lineFeed && bytes[$0 - 1] == lineFeed }
  }

  /// The lines, each of which ends with a line feed, without it. None for no bytes.
  static func lines(of bytes: ArraySlice<UInt8>) throws(NoteError) -> [ArraySlice<UInt8>] {
    guard let last = bytes.last else { return [] }
    guard last == lineFeed else { throw .malformed("its last line does not end with a line feed") }
    return bytes.dropLast().split(separator: lineFeed, omittingEmptySubsequences: false)
  }

  /// Whether a key may have this name: not empty, without spaces of any kind and without `+`.
  static func isKeyName(_ name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy { $0 != "+" && $0.value >= 0x20 && !$0.properties.isWhitespace }
  }
}
