package import Primitives
package import Rollup

/// The opening step of a block, to be decided by somebody who knows the claim about the state before it, and of the order
/// what the contract keeps.
package struct OpeningProof: Equatable, Sendable {
  package var point: OpeningPoint

  /// The blocks that the step reads, by ascending place: those that were passed over, and the one that was taken.
  package var blocks: [Entry]

  /// The messages that the block consumes, in order.
  package var messages: [MessageDelivered]

  /// Of the state, and headers of L1 down from the pinned block.
  package var witness: Witness

  package struct Entry: Hashable, Sendable {
    package var place: DerivationCursor
    package var placed: PlacedBlock

    package init(place: DerivationCursor, placed: PlacedBlock) {
      self.place = place
      self.placed = placed
    }
  }

  package init(point: OpeningPoint, blocks: [Entry], messages: [MessageDelivered], witness: Witness) {
    self.point = point
    self.blocks = blocks
    self.messages = messages
    self.witness = witness
  }

  /// What a claim about the state after the opening step says.
  ///
  /// - Parameters:
  ///   - preState: the claim about the state before the block.
  ///   - order: as the contract has it.
  ///   - configuration: a rollup's.
  package func execute(
    from preState: Hash256, order: some DisputedOrder, configuration: ChainConfiguration
  ) throws(StepError) -> Hash256 {
    guard point.claim.hash == preState else { throw .wrongPreState(expected: preState, found: point.claim.hash) }
    let reader = WitnessReader(witness)
    let recorder = OrderRecorder(over: self)
    let result: Hash256
    do {
      result = try BlockOpening(
        point: point, order: order, source: recorder, data: reader, configuration: configuration
      ).result(or: preState)
    } catch {
      if let missing = reader.missing { throw .witness(.missing(missing)) }
      throw error
    }
    do { try reader.finish() } catch { throw .witness(error) }
    guard recorder.blocks == blocks, recorder.messages == messages else {
      throw .wrongStep("the proof has blocks or messages that the step does not read, or not in this order")
    }
    return result
  }
}

extension BlockOpening {
  /// The hash of the state after the step; `preState` where the data ends.
  func result(or preState: Hash256) throws(StepError) -> Hash256 {
    guard let (context, _) = try run() else { return preState }
    var step = BlockStep(context, data: data)
    return try step.open(onto: point.header.stateRoot).state.hash
  }
}

extension OpeningProof: OrderData {
  package func block(at place: DerivationCursor) -> PlacedBlock? { blocks.first { $0.place == place }?.placed }

  package func message(_ index: UInt64) -> MessageDelivered? { messages.first { $0.messageIndex == index } }
}

/// Passes on and remembers what was asked for.
final class OrderRecorder<Source: OrderData>: OrderData {
  private let source: Source
  private(set) var blocks: [OpeningProof.Entry] = []
  private(set) var messages: [MessageDelivered] = []

  init(over source: Source) {
    self.source = source
  }

  func block(at place: DerivationCursor) -> PlacedBlock? {
    guard let placed = source.block(at: place) else { return nil }
    blocks.append(OpeningProof.Entry(place: place, placed: placed))
    return placed
  }

  func message(_ index: UInt64) -> MessageDelivered? {
    guard let message = source.message(index) else { return nil }
    messages.append(message)
    return message
  }
}

extension OpeningPoint {
  /// What comes next after this point, and the proof of it.
  ///
  /// - Parameters:
  ///   - order: as the contract has it, or will have when it is asked.
  ///   - source: blocks and messages.
  ///   - data: the state after this point's block, and headers of L1.
  /// - Returns: nil for `context` where the data ends.
  package func prove(
    order: some DisputedOrder, source: some OrderData, data: some CommittedData, configuration: ChainConfiguration
  ) throws(StepError) -> (context: RollupBlockContext?, messages: [InboxCall], proof: OpeningProof) {
    let orderRecorder = OrderRecorder(over: source)
    let recorder = WitnessRecorder(over: data)
    let opening = BlockOpening(
      point: self, order: order, source: orderRecorder, data: recorder, configuration: configuration)
    let next = try opening.run()
    if let context = next?.context {
      var step = BlockStep(context, data: recorder)
      _ = try step.open(onto: header.stateRoot)
    }
    let proof = OpeningProof(
      point: self, blocks: orderRecorder.blocks, messages: orderRecorder.messages, witness: recorder.witness)
    return (next?.context, next?.messages ?? [], proof)
  }
}

extension OpeningProof {
  /// Appends the fields: claim, header, number of the L1 origin, blocks, messages, witness.
  func append(to fields: inout RLPWriter) {
    point.claim.append(to: &fields)
    fields.append(bytes: point.header.encode())
    fields.append(point.l1OriginNumber)
    fields.list { items in
      for entry in blocks {
        items.list { item in
          entry.place.append(to: &item)
          entry.placed.block.append(to: &item)
          item.list { for hash in entry.placed.path { $0.append(hash) } }
        }
      }
    }
    fields.list { items in
      for message in messages { items.list { message.append(to: &$0) } }
    }
    witness.append(to: &fields)
  }

  /// Reads the fields.
  init(_ fields: inout RLPReader) throws(RLPError) {
    let claim = try OutputClaim(&fields)
    let header = try BlockHeader(rlp: try fields.readBytes())
    point = OpeningPoint(claim: claim, header: header, l1OriginNumber: try fields.readUInt64())
    blocks = try fields.readAll { items throws(RLPError) in
      var item = try items.readList()
      let place = try DerivationCursor(&item)
      let block = try RollupBlock(&item)
      let path = try item.readAll { hashes throws(RLPError) in try hashes.readHash256() }
      try item.finish()
      return Entry(place: place, placed: PlacedBlock(block: block, path: path))
    }
    messages = try fields.readAll { items throws(RLPError) in
      var item = try items.readList()
      let message = try MessageDelivered(fields: &item)
      try item.finish()
      return message
    }
    witness = try Witness(&fields)
  }
}
