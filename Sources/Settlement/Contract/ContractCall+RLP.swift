package import Primitives
import Rollup

extension ContractCall {
  /// Numbers of the calls in calldata.
  private enum Selector: UInt64 {
    case deliverMessage = 0
    case postBatch = 1
    case deliverBatchData = 2
    case forceInclude = 3
    case proposeOutput = 4
    case finalizeOutput = 5
    case createGame = 6
    case move = 7
    case step = 8
    case resolveClaim = 9
    case claimCredit = 10
    case depositSequencerBond = 11
    case releaseSequencerBond = 12
    case reportDoubleSign = 13
    case updateConfiguration = 14
    case pause = 15
    case unpause = 16
    case blacklistGame = 17
  }

  /// The call's bytes: an RLP list of its number and its fields.
  package func encode() -> [UInt8] {
    var writer = RLPWriter()
    writer.list { fields in
      fields.append(selector.rawValue)
      append(to: &fields)
    }
    return writer.bytes
  }

  private var selector: Selector {
    switch self {
    case .deliverMessage: .deliverMessage
    case .postBatch: .postBatch
    case .deliverBatchData: .deliverBatchData
    case .forceInclude: .forceInclude
    case .proposeOutput: .proposeOutput
    case .finalizeOutput: .finalizeOutput
    case .createGame: .createGame
    case .move: .move
    case .step: .step
    case .resolveClaim: .resolveClaim
    case .claimCredit: .claimCredit
    case .depositSequencerBond: .depositSequencerBond
    case .releaseSequencerBond: .releaseSequencerBond
    case .reportDoubleSign: .reportDoubleSign
    case .updateConfiguration: .updateConfiguration
    case .pause: .pause
    case .unpause: .unpause
    case .blacklistGame: .blacklistGame
    }
  }

  private func append(to fields: inout RLPWriter) {
    switch self {
    case .deliverMessage(let request): request.append(to: &fields)
    case .postBatch(let batch): batch.append(to: &fields)
    case .deliverBatchData(let index, let blocks):
      fields.append(index)
      fields.append(blocks: blocks)
    case .proposeOutput(let output): output.append(to: &fields)
    case .forceInclude(let number), .finalizeOutput(let number): fields.append(number)
    case .blacklistGame(let game, let disputed):
      fields.append(game)
      fields.append(disputed)
    case .createGame(let index, let root, let claim):
      fields.append(index)
      fields.append(root)
      fields.append(claim)
    case .move(let move): move.append(to: &fields)
    case .step(let proof): proof.append(to: &fields)
    case .resolveClaim(let game, let claim):
      fields.append(game)
      fields.append(claim)
    case .claimCredit(let address), .depositSequencerBond(let address), .releaseSequencerBond(let address):
      fields.append(address)
    case .reportDoubleSign(let first, let second):
      fields.append(bytes: first.encode())
      fields.append(bytes: second.encode())
    case .updateConfiguration(let update): update.append(to: &fields)
    case .pause, .unpause: break
    }
  }

  /// Reads a call that is all of `bytes`; only what `encode` gives is accepted.
  package init(rlp bytes: RawSpan) throws(RLPError) {
    var reader = RLPReader(bytes)
    var fields = try reader.readList()
    try reader.finish()
    let selector: Selector = try fields.readChoice("a call is a number from 0 to 17")
    self = try ContractCall(selector, &fields)
    try fields.finish()
  }

  private init(_ selector: Selector, _ fields: inout RLPReader) throws(RLPError) {
    self =
      switch selector {
      case .deliverMessage: .deliverMessage(try MessageRequest(&fields))
      case .postBatch: .postBatch(try BatchSubmission(&fields))
      case .deliverBatchData:
        .deliverBatchData(batchIndex: try fields.readUInt64(), blocks: try fields.readBlocks())
      case .forceInclude: .forceInclude(lastMessage: try fields.readUInt64())
      case .proposeOutput: .proposeOutput(try OutputSubmission(&fields))
      case .finalizeOutput: .finalizeOutput(outputIndex: try fields.readUInt64())
      case .createGame:
        .createGame(
          outputIndex: try fields.readUInt64(), disputed: try fields.readHash256(), claim: try fields.readHash256())
      case .move: .move(try MoveRequest(&fields))
      case .step: .step(try StepProof(&fields))
      case .resolveClaim: .resolveClaim(gameId: try fields.readUInt64(), claimIndex: try fields.readUInt64())
      case .claimCredit: .claimCredit(beneficiary: try fields.readAddress())
      case .depositSequencerBond: .depositSequencerBond(key: try fields.readAddress())
      case .releaseSequencerBond: .releaseSequencerBond(key: try fields.readAddress())
      case .reportDoubleSign:
        .reportDoubleSign(
          first: try SignedCommitment(rlp: try fields.readBytes()),
          second: try SignedCommitment(rlp: try fields.readBytes()))
      case .updateConfiguration: .updateConfiguration(try ConfigUpdate(&fields))
      case .pause: .pause
      case .unpause: .unpause
      case .blacklistGame:
        .blacklistGame(gameId: try fields.readUInt64(), disputed: try fields.readHash256())
      }
  }
}

extension RLPWriter {
  fileprivate mutating func append(blocks: [RollupBlock]) {
    list { items in
      for block in blocks { block.append(to: &items) }
    }
  }
}

extension RLPReader {
  fileprivate mutating func readBlocks() throws(RLPError) -> [RollupBlock] {
    try readAll { items throws(RLPError) in try RollupBlock(&items) }
  }
}

extension MessageRequest {
  fileprivate init(_ fields: inout RLPReader) throws(RLPError) {
    kind = try fields.readChoice("a message is 0, a transaction, or 1, a deposit")
    to = try fields.readOptional { item throws(RLPError) in try item.readAddress() }
    value = try fields.readUInt256()
    gasLimit = try fields.readUInt64()
    data = try fields.readBytes().bytes
  }

  fileprivate func append(to fields: inout RLPWriter) {
    fields.append(kind.rawValue)
    fields.appendOptional(to) { item, address in item.append(address) }
    fields.append(value)
    fields.append(gasLimit)
    fields.append(bytes: data)
  }
}

extension BatchSubmission {
  fileprivate init(_ fields: inout RLPReader) throws(RLPError) {
    batchIndex = try fields.readUInt64()
    firstBlock = try fields.readUInt64()
    lastOrder = try BlockOrder(&fields)
    signature = try fields.readBytes().bytes
    let location: SequencerBatchDelivered.DataLocation = try fields.readChoice("a data location is 0 to 3")
    data =
      location == .event
      ? .event(try fields.readBlocks()) : .elsewhere(location, dataHash: try fields.readHash256())
  }

  fileprivate func append(to fields: inout RLPWriter) {
    fields.append(batchIndex)
    fields.append(firstBlock)
    lastOrder.append(to: &fields)
    fields.append(bytes: signature)
    switch data {
    case .event(let blocks):
      fields.append(SequencerBatchDelivered.DataLocation.event.rawValue)
      fields.append(blocks: blocks)
    case .elsewhere(let location, let dataHash):
      fields.append(location.rawValue)
      fields.append(dataHash)
    }
  }
}

extension OutputSubmission {
  fileprivate init(_ fields: inout RLPReader) throws(RLPError) {
    stateRoot = try fields.readHash256()
    messagePasserStorageRoot = try fields.readHash256()
    blockHash = try fields.readHash256()
    l2BlockNumber = try fields.readUInt64()
    parentOrder = try fields.readHash256()
    l1OriginHash = try fields.readHash256()
    batchIndex = try fields.readUInt64()
    indexInBatch = try fields.readUInt64()
    messagesConsumed = try fields.readUInt64()
    l1Head = try BlockID(&fields)
    parentOutput = try fields.readOptional { item throws(RLPError) in try item.readUInt64() }
    parentLineage = try fields.readHash256()
  }

  fileprivate func append(to fields: inout RLPWriter) {
    fields.append(stateRoot)
    fields.append(messagePasserStorageRoot)
    fields.append(blockHash)
    fields.append(l2BlockNumber)
    fields.append(parentOrder)
    fields.append(l1OriginHash)
    fields.append(batchIndex)
    fields.append(indexInBatch)
    fields.append(messagesConsumed)
    l1Head.append(to: &fields)
    fields.appendOptional(parentOutput) { item, index in item.append(index) }
    fields.append(parentLineage)
  }
}

extension MoveRequest {
  fileprivate init(_ fields: inout RLPReader) throws(RLPError) {
    gameId = try fields.readUInt64()
    parentIndex = try fields.readUInt64()
    disputed = try fields.readHash256()
    claim = try fields.readHash256()
    isAttack = try fields.readFlag()
  }

  fileprivate func append(to fields: inout RLPWriter) {
    fields.append(gameId)
    fields.append(parentIndex)
    fields.append(disputed)
    fields.append(claim)
    fields.append(flag: isAttack)
  }
}

extension StepProof {
  fileprivate init(_ fields: inout RLPReader) throws(RLPError) {
    gameId = try fields.readUInt64()
    claimIndex = try fields.readUInt64()
    disputed = try fields.readHash256()
    isAttack = try fields.readFlag()
    proof = try fields.readBytes().bytes
  }

  fileprivate func append(to fields: inout RLPWriter) {
    fields.append(gameId)
    fields.append(claimIndex)
    fields.append(disputed)
    fields.append(flag: isAttack)
    fields.append(bytes: proof)
  }
}
