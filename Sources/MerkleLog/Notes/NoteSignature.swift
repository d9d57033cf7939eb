import Primitives

/// One signature line of a note: whose it claims to be, and its bytes.
public struct NoteSignature: Sendable {
  /// Name of the key.
  public let name: String

  /// Identifier of the key. With the name it picks the key; it is too short to identify one by itself.
  public let keyID: UInt32

  /// What the key's algorithm has made; not empty.
  public let bytes: [UInt8]

  init(name: String, keyID: UInt32, bytes: [UInt8]) {
    self.name = name
    self.keyID = keyID
    self.bytes = bytes
  }

  /// The longest signature that is read: a post-quantum one has less than 5,000 bytes.
  private static let byteLimit = 8192

  private static let prefix = [UInt8]("— ".utf8)

  /// Reads a line, without its line feed: em dash, name, base64 of identifier and signature, with single spaces between.
  init(line: ArraySlice<UInt8>) throws(NoteError) {
    guard line.starts(with: Self.prefix) else { throw .malformed("a line among its signatures is none") }
    let parts = line.dropFirst(Self.prefix.count).split(
      separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw .malformed("a signature line has not a name and a signature") }
    let name = String(decoding: parts[0], as: UTF8.self)
    guard NoteText.isKeyName(name) else { throw .malformed("'\(name)' is not the name of a key") }
    guard let bytes = Base64.decode(parts[1]), (5...Self.byteLimit).contains(bytes.count) else {
      throw .malformed("the signature of '\(name)' is not base64 of an identifier and a signature")
    }
    self.init(name: name, keyID: bytes.rawSpan.bigEndian(at: 0), bytes: Array(bytes.dropFirst(4)))
  }

  /// Whether name and identifier are the key's.
  public func isNamed(after key: VerifierKey) -> Bool {
    keyID == key.id && name.utf8.elementsEqual(key.name.utf8)
  }
}

extension NoteSignature: Hashable {
  /// Byte for byte.
  public static func == (left: NoteSignature, right: NoteSignature) -> Bool {
    left.keyID == right.keyID && left.bytes == right.bytes && left.name.utf8.elementsEqual(right.name.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(keyID)
    hasher.combine(bytes)
  }
}

extension NoteSignature: CustomStringConvertible {
  /// The line, without its line feed.
  public var description: String {
    var identified: [UInt8] = []
    identified.append(bigEndian: keyID)
    return "— \(name) \(Base64.encode(identified + bytes))"
  }
}
