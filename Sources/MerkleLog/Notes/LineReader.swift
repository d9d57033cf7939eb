import Primitives

/// Takes lines from the front of bytes, as far as they are needed.
struct LineReader {
  /// What has not been taken yet.
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) {
    rest = bytes[...]
  }

  /// The next line, without its line feed.
  mutating func next() throws(NoteError) -> ArraySlice<UInt8> {
    guard let end = rest.firstIndex(of: NoteText.lineFeed) else { throw .malformed("it ends too early") }
    defer { rest = rest[(end + 1)...] }
    return rest[..<end]
  }

  /// Lines of base64, a hash each, up to an empty one, which is taken too.
  mutating func hashes(limit: Int) throws(NoteError) -> [Hash256] {
    var hashes: [Hash256] = []
    while true {
      let line = try next()
      if line.isEmpty { return hashes }
      guard hashes.count < limit else { throw .malformed("it has more than \(limit) hashes") }
      guard let bytes = Base64.decode(line), let hash = Hash256(bytes: bytes) else {
        throw .malformed("line \(hashes.count + 1) of its hashes is not base64 of 32 bytes")
      }
      hashes.append(hash)
    }
  }
}

extension ArraySlice<UInt8> {
  /// What follows a line's first word; nil if it has another.
  func word(after prefix: String) -> ArraySlice<UInt8>? {
    starts(with: prefix.utf8) ? dropFirst(prefix.utf8.count) : nil
  }
}
