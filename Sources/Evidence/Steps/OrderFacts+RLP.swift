import Primitives
import Rollup
import StateTransition

// One list: payload of ChainConfigured, batches, messages, message counts, settings.
extension OrderFacts {
  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(bytes: ChainConfigured(configuration: configuration).encodePayload())
      append(batches, to: &fields) { item, batch in item.appendOptional(batch) { $1.append(to: &$0) } }
      append(messages, to: &fields) { item, message in item.appendOptional(message) { $1.append(to: &$0) } }
      append(messageCounts, to: &fields) { item, count in item.append(count) }
      append(settings, to: &fields) { item, settings in settings.append(to: &item) }
    }
  }

  private func append<Value>(
    _ answers: [Answer<Value>], to fields: inout RLPWriter, _ appendValue: (inout RLPWriter, Value) -> Void
  ) {
    fields.list { items in
      for answer in answers {
        items.list { item in
          item.append(answer.key)
          appendValue(&item, answer.value)
        }
      }
    }
  }

  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let offset = fields.offset
    guard let configured = try? ChainConfigured(payload: try fields.readBytes()),
      configured.configuration.rollup != nil
    else { throw RLPError(offset: offset, reason: .invalidValue("a rollup's ChainConfigured")) }
    self.init(configuration: configured.configuration)
    batches = try Self.read(&fields) { item throws(RLPError) in
      try item.readOptional { value throws(RLPError) in try DisputedBatch(&value) }
    }
    messages = try Self.read(&fields) { item throws(RLPError) in
      try item.readOptional { value throws(RLPError) in try DisputedMessage(&value) }
    }
    messageCounts = try Self.read(&fields) { item throws(RLPError) in try item.readUInt64() }
    settings = try Self.read(&fields) { item throws(RLPError) in try RollupSettings(&item) }
    try fields.finish()
  }

  private static func read<Value>(
    _ fields: inout RLPReader, _ readValue: (inout RLPReader) throws(RLPError) -> Value
  ) throws(RLPError) -> [Answer<Value>] {
    let offset = fields.offset
    let answers = try fields.readAll { items throws(RLPError) in
      var item = try items.readList()
      let key = try item.readUInt64()
      let answer = Answer(key: key, value: try readValue(&item))
      try item.finish()
      return answer
    }
    guard zip(answers, answers.dropFirst()).allSatisfy({ $0.key < $1.key }) else {
      throw RLPError(offset: offset, reason: .invalidValue("answers stand in order, each once"))
    }
    return answers
  }
}

extension DisputedBatch {
  private enum Kind: UInt64 {
    case blocks = 0
    case forced = 1
  }

  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      switch content {
      case .blocks(let count, let dataHash, let hasData, let dataDeadline):
        fields.append(Kind.blocks.rawValue)
        fields.append(l1Block)
        fields.append(count)
        fields.append(dataHash)
        fields.append(flag: hasData)
        fields.append(dataDeadline)
      case .forced(let lastMessage):
        fields.append(Kind.forced.rawValue)
        fields.append(l1Block)
        fields.append(lastMessage)
      }
    }
  }

  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    let kind: Kind = try fields.readChoice("a batch is 0, blocks, or 1, forced messages")
    let l1Block = try fields.readUInt64()
    let content: Content
    switch kind {
    case .blocks:
      content = .blocks(
        count: try fields.readUInt64(), dataHash: try fields.readHash256(), hasData: try fields.readFlag(),
        dataDeadline: try fields.readUInt64())
    case .forced: content = .forced(lastMessage: try fields.readUInt64())
    }
    try fields.finish()
    self.init(content, l1Block: l1Block)
  }
}

extension DisputedMessage {
  func append(to writer: inout RLPWriter) {
    writer.list { fields in
      fields.append(accumulator)
      fields.append(deadlineBlock)
      fields.append(deadlineTime)
    }
  }

  init(_ reader: inout RLPReader) throws(RLPError) {
    var fields = try reader.readList()
    self.init(
      accumulator: try fields.readHash256(), deadlineBlock: try fields.readUInt64(),
      deadlineTime: try fields.readUInt64())
    try fields.finish()
  }
}
