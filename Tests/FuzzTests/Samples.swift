import Foundation
import FuzzFormats
import MerkleLog
import Primitives
import Rollup
import StoreFiles
import TestSupport

/// Sound and unsound inputs that we made: where mutation begins. Each is a file of the corpus as well.
enum Samples {
  static func of(_ format: Format) throws -> [(name: String, bytes: [UInt8])] {
    switch format {
    case .record: try records()
    case .note: try notes()
    case .checkpoint:
      [
        ("empty-log", utf8(try Checkpoint(origin: "varve/a", size: 0, root: MerkleHash.emptyRoot).text)),
        ("extensions", utf8(try Checkpoint(origin: "o", size: .max, root: .zero, extensions: ["x", "y z"]).text)),
        ("size-with-zero", utf8("o\n01\n\(Base64.encode(Hash256.zero.bytes))\n")),
        ("no-root", utf8("o\n1\n")),
      ]
    case .proof: try proofs()
    case .growth: try growths()
    case .tilePath:
      [
        "tile/0/000", "tile/1/005.p/17", "tile/entries/x001/x234/067", "tile/0/x000/001", "tile/7/255.p/256",
        "tile/8/000",
      ]
      .enumerated().map { ("\($0)", utf8($1)) }
    case .manifest: try manifests()
    case .rlp:
      [
        ("empty-list", [0xC0]), ("one-byte", [0x7F]), ("nested", [0xC7, 0xC0, 0xC1, 0xC0, 0xC3, 0xC0, 0xC1, 0xC0]),
        ("long-string", [0xB8, 56] + [UInt8](repeating: 1, count: 56)), ("long-form-of-short", [0xB8, 1, 0xFF]),
        ("length-with-zero", [0xB9, 0, 56]), ("length-beyond", [0xBF] + [UInt8](repeating: 0xFF, count: 8)),
        ("deep", [UInt8](repeating: 0xC1, count: 2000) + [0xC0]),
      ]
    case .evidence: try SignedSamples().evidence()
    case .receipt: try SignedSamples().receipts()
    case .gossip: try SignedSamples().gossip()
    case .payload: try SignedSamples().payloadFiles()
    case .feed: try SignedSamples().feed()
    case .capture: try SignedSamples().captures()
    }
  }

  static func utf8(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

  private static let leaves = (0..<11 as Range<UInt8>).map { MerkleHash.leaf([$0]) }

  private static func signed(size: Int) throws -> SignedNote {
    let key = try Format.signer(.ed25519)
    let text = try Checkpoint(
      origin: "varve/fuzz", size: UInt64(size), root: MerkleTree.root(ofLeaves: leaves[..<size])
    ).text
    return try SignedNote(text: text, signatures: [key.sign(text)])
  }

  /// Three payloads that are no events, and each event of `Docs/Events.md`.
  private static func records() throws -> [(String, [UInt8])] {
    let plain = [[], [1, 2, 3], [UInt8](repeating: 0xAB, count: 300)].map { (payload: [UInt8]) in
      ("\(payload.count)", record(.blockSequenced, payload))
    }
    let document = try String(contentsOfFile: packageRoot + "/Docs/Events.md", encoding: .utf8)
    let sections = document.components(separatedBy: "\n## ")
    let events = try EventKind.allCases.map { kind in
      let section = sections.first { $0.hasPrefix("\(kind.name)\n") } ?? ""
      let example = section.components(separatedBy: "```hex\n").dropFirst().first ?? ""
      let digits = example.prefix { $0 != "`" }.filter { !$0.isWhitespace }
      return (kind.name, record(kind, try Hex.decode(String(digits))))
    }
    return plain + events
  }

  private static func record(_ kind: EventKind, _ payload: [UInt8]) -> [UInt8] {
    var header = RecordHeader(
      kind: kind, position: Position(UInt64(payload.count)), coordinates: .block(9),
      payloadLength: UInt32(payload.count), payloadHash: .zero, flags: [])
    let sealed = header.seal(payload: payload.rawSpan)
    return sealed.indices.map { sealed[$0] } + payload
  }

  private static func notes() throws -> [(String, [UInt8])] {
    let note = try signed(size: 11)
    var cosigned = note
    try cosigned.add(Format.signer(.cosignatureV1).cosign(note.text, at: 1_700_000_000))
    return [
      ("cosigned", utf8(cosigned.encoded)), ("checkpoint", utf8(note.encoded)), ("unsigned", utf8(note.text + "\n")),
      ("twice", utf8(note.encoded + note.encoded.split(separator: "\n").suffix(1).map { "\($0)\n" }.joined())),
      (
        "two-empty-lines", utf8("a\n\nb\n\n" + note.encoded.split(separator: "\n").suffix(1).map { "\($0)\n" }.joined())
      ),
    ]
  }

  private static func proofs() throws -> [(String, [UInt8])] {
    let proof = InclusionProof(index: 6, size: 11) { level, index in
      MerkleTree.root(ofLeaves: leaves[Int(index) << level..<Int(index + 1) << level])
    }
    let note = try signed(size: 11)
    return [
      ("plain", utf8(ProofFile(extra: nil, proof: proof, note: note).encoded)),
      ("extra", utf8(ProofFile(extra: [0, 255], proof: proof, note: note).encoded)),
      (
        "no-hashes",
        utf8(ProofFile(extra: [], proof: InclusionProof(index: 0, size: 1, hashes: []), note: note).encoded)
      ),
    ]
  }

  private static func growths() throws -> [(String, [UInt8])] {
    let proof = ConsistencyProof(oldSize: 5, newSize: 11) { level, index in
      MerkleTree.root(ofLeaves: leaves[Int(index) << level..<Int(index + 1) << level])
    }
    return [("plain", utf8(GrowthFile(proof: proof, note: try signed(size: 11)).encoded))]
  }

  private static func manifests() throws -> [(String, [UInt8])] {
    let manifest = StoreManifest(
      chainConfigurationHash: .zero, storeID: String(repeating: "0f", count: 16))
    return [
      ("plain", [UInt8](try manifest.encode())), ("newer", utf8(#"{"format": 2}"#)),
      ("hash-of-no-digits", utf8(#"{"format": 1, "chainConfigurationHash": "0x", "storeID": ""}"#)),
    ]
  }
}
