package import Primitives
package import Rollup

/// A message with its signature, in the one encoding that is left when transport is taken off: compression, JSON.
package enum SignedMessage: Hashable, Sendable {
  case varve(SignedCommitment)
  /// `signature ‖ [parentBeaconBlockRoot] ‖ payload`.
  case op([UInt8])
  case nitro(NitroFeed.Signed)

  /// No message of any format is longer: the limit of the OP Stack's gossip.
  package static let greatestByteCount = 10 << 20

  package var format: SequencerCommitmentObserved.Format {
    switch self {
    case .varve: .varve
    case .op: .op
    case .nitro: .nitro
    }
  }

  /// Takes a message apart as it was received: RLP of a commitment, a gossip message with its compression, an element of a
  /// feed's `messages` as JSON. O(bytes).
  package init(_ raw: RawSpan, _ format: SequencerCommitmentObserved.Format) throws(StatementError) {
    guard raw.byteCount <= Self.greatestByteCount else {
      throw .tooLong(bytes: raw.byteCount, limit: Self.greatestByteCount)
    }
    switch format {
    case .varve: do throws(RLPError) { self = .varve(try SignedCommitment(rlp: raw)) } catch { throw .malformed(error) }
    case .op:
      do throws(SnappyError) { self = .op(try Snappy.decompress(raw, limit: Self.greatestByteCount)) } catch {
        throw .compression(error)
      }
    case .nitro:
      let signed: NitroFeed.Signed?
      do throws(FeedMessageError) { signed = try NitroFeed.Signed(json: raw) } catch { throw .feed(error) }
      guard let signed else { throw .unsigned }
      self = .nitro(signed)
    }
  }
}

extension SignedMessage {
  /// Appends one item, a list of the format's number and the message.
  package func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(format.rawValue)
      switch self {
      case .varve(let signed): fields.append(bytes: signed.encode())
      case .op(let bytes): fields.append(bytes: bytes)
      case .nitro(let signed): signed.append(to: &fields)
      }
    }
  }

  /// Reads the next item.
  package init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let format: SequencerCommitmentObserved.Format = try fields.readChoice("format is a number from 0 to 2")
    switch format {
    case .varve:
      let bytes = try fields.readBytes()
      self = .varve(try SignedCommitment(rlp: bytes))
    case .op: self = .op(try fields.readBytes().bytes)
    case .nitro: self = .nitro(try NitroFeed.Signed(&fields))
    }
    try fields.finish()
  }
}

extension NitroFeed.Signed {
  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(version.rawValue)
      fields.append(message.sequenceNumber)
      fields.appendOptional(message.blockHash) { $0.append($1) }
      fields.append(bytes: message.blockMetadata)
      fields.append(message.delayedMessagesRead)
      fields.append(UInt64(message.kind))
      fields.append(message.sender)
      fields.append(message.blockNumber)
      fields.append(message.timestamp)
      fields.appendOptional(message.requestId) { $0.append($1) }
      fields.appendOptional(message.baseFeeL1) { $0.append($1) }
      fields.append(bytes: message.l2Message)
      fields.append(bytes: signature)
    }
  }

  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    version = try fields.readChoice("a feed's message is signed in way 1 or 2")
    let sequenceNumber = try fields.readUInt64()
    let blockHash = try fields.readOptional { item throws(RLPError) in try item.readHash256() }
    let metadata = try fields.readBytes().bytes
    let delayedMessagesRead = try fields.readUInt64()
    let offset = fields.offset
    guard let kind = UInt8(exactly: try fields.readUInt64()) else {
      throw RLPError(offset: offset, reason: .invalidValue("a kind has one byte"))
    }
    message = FeedMessage(
      sequenceNumber: sequenceNumber, blockHash: blockHash, blockMetadata: metadata,
      delayedMessagesRead: delayedMessagesRead, kind: kind, sender: try fields.readAddress(),
      blockNumber: try fields.readUInt64(), timestamp: try fields.readUInt64(),
      requestId: try fields.readOptional { item throws(RLPError) in try item.readHash256() },
      baseFeeL1: try fields.readOptional { item throws(RLPError) in try item.readUInt256() },
      l2Message: try fields.readBytes().bytes)
    signature = try fields.readExactly(65).bytes
    try fields.finish()
  }
}
