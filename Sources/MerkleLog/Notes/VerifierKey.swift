import Crypto
import Primitives

/// A public key by which notes are checked: what C2SP calls a vkey.
public struct VerifierKey: Sendable {
  /// What is signed, and how; the raw value is the type's byte.
  public enum Algorithm: UInt8, Hashable, Sendable {
    /// Ed25519 of the note's text.
    case ed25519 = 1

    /// A witness's cosignature of a checkpoint, with the time at which it was made (C2SP `tlog-cosignature`).
    case cosignatureV1 = 4
  }

  public let name: String

  public let algorithm: Algorithm

  /// 32 bytes (RFC 8032).
  public let publicKey: [UInt8]

  /// The first four bytes of SHA-256(name ‖ line feed ‖ type ‖ public key).
  public let id: UInt32

  static let byteCount = 32

  /// - Throws: `badKey` for a name that no key may have, or a key of another length than 32 bytes.
  public init(name: String, algorithm: Algorithm, publicKey: [UInt8]) throws(NoteError) {
    guard NoteText.isKeyName(name) else { throw .badKey("'\(name)' is not the name of one") }
    guard publicKey.count == Self.byteCount else {
      throw .badKey("an Ed25519 key has \(Self.byteCount) bytes, this one \(publicKey.count)")
    }
    self.name = name
    self.algorithm = algorithm
    self.publicKey = publicKey
    id = Self.id(name: name, typedKey: [algorithm.rawValue] + publicKey)
  }

  static func id(name: String, typedKey: [UInt8]) -> UInt32 {
    SHA256.hash(data: [UInt8](name.utf8) + [NoteText.lineFeed] + typedKey).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension VerifierKey: Hashable {
  /// Byte for byte.
  public static func == (left: VerifierKey, right: VerifierKey) -> Bool {
    left.algorithm == right.algorithm && left.publicKey == right.publicKey
      && left.name.utf8.elementsEqual(right.name.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(id)
  }
}

extension VerifierKey: CustomStringConvertible {
  /// The vkey: `name+id+key`, the identifier in eight hexadecimal digits, type and key in base64.
  public var description: String { "\(name)+\(Self.hex(id))+\(Base64.encode([algorithm.rawValue] + publicKey))" }

  /// Name and identifier, as messages name a key.
  public var label: String { "\(name)+\(Self.hex(id))" }

  static func hex(_ id: UInt32) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }

  /// Reads a vkey.
  public init(_ vkey: String) throws(NoteError) {
    let (name, typedKey) = try Self.parts(of: vkey)
    guard let algorithm = Algorithm(rawValue: typedKey[0]) else {
      throw .badKey("type \(typedKey[0]) is unknown to this program, which knows 1 (Ed25519) and 4 (cosignature/v1)")
    }
    try self.init(name: name, algorithm: algorithm, publicKey: Array(typedKey.dropFirst()))
  }

  /// Name, and type and key, of a text `name+id+base64`, once the identifier belongs to them.
  static func parts(of text: String, checkingID: Bool = true) throws(NoteError) -> (name: String, typedKey: [UInt8]) {
    guard text.utf8.count <= 1024 else { throw .badKey("it is longer than 1,024 bytes") }
    let parts = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .badKey("it is not name+id+key") }
    let name = String(Substring(parts[0]))
    guard let typedKey = Base64.decode(parts[2]), !typedKey.isEmpty else { throw .badKey("its key is not base64") }
    guard checkingID else { return (name, typedKey) }
    guard parts[1].elementsEqual(hex(id(name: name, typedKey: typedKey)).utf8) else {
      throw .badKey("its identifier is not that of its name and key; it was changed, or mistyped")
    }
    return (name, typedKey)
  }
}

extension VerifierKey {
  /// Whether `signature` is this key's of `text`.
  func verify(_ signature: NoteSignature, of text: String) throws(NoteError) -> VerifiedSignature {
    var message = [UInt8](text.utf8)
    var bytes = signature.bytes[...]
    var timestamp: UInt64?
    if algorithm == .cosignatureV1 {
      guard bytes.count == Cosignature.byteCount else { throw .badSignature(key: label) }
      let time = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
      guard time <= UInt64(Int64.max) else { throw .badSignature(key: label) }
      bytes = bytes.dropFirst(8)
      message = Cosignature.message(at: time, of: text)
      timestamp = time
    }
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey),
      key.isValidSignature(Array(bytes), for: message)
    else { throw .badSignature(key: label) }
    return VerifiedSignature(key: self, signature: signature, timestamp: timestamp)
  }
}

/// What a witness signs (C2SP `tlog-cosignature`, Ed25519).
enum Cosignature {
  /// A time and a signature.
  static let byteCount = 8 + 64

  /// Two lines, and behind them the text of the checkpoint.
  static func message(at time: UInt64, of text: String) -> [UInt8] {
    [UInt8]("cosignature/v1\ntime \(time)\n\(text)".utf8)
  }
}
