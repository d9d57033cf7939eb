package import Primitives

extension RLPReader {
  /// The next item as one of the numbers that `Choice` defines.
  package mutating func readChoice<Choice: RawRepresentable<UInt64>>(_ expectation: String) throws(RLPError) -> Choice {
    let offset = offset
    let number = try readUInt64()
    guard let choice = Choice(rawValue: number) else {
      throw RLPError(offset: offset, reason: .invalidValue("\(expectation), not \(number)"))
    }
    return choice
  }

  /// The next item as a list that holds one value or none.
  package mutating func readOptional<Value>(
    _ readValue: (inout RLPReader) throws(RLPError) -> Value
  ) throws(RLPError) -> Value? {
    var item = try readList()
    if item.isAtEnd { return nil }
    let value = try readValue(&item)
    try item.finish()
    return value
  }

  /// The next item as a list of any number of values.
  package mutating func readAll<Value>(
    _ readValue: (inout RLPReader) throws(RLPError) -> Value
  ) throws(RLPError) -> [Value] {
    var items = try readList()
    var values = [Value]()
    while !items.isAtEnd {
      values.append(try readValue(&items))
    }
    return values
  }
}

extension RLPWriter {
  /// Appends a list that holds the value, or nothing.
  package mutating func appendOptional<Value>(_ value: Value?, _ append: (inout RLPWriter, Value) -> Void) {
    list { (item) in
      if let value { append(&item, value) }
    }
  }
}

extension RLPReader {
  /// The next item as yes (1) or no (0, the empty string).
  package mutating func readFlag() throws(RLPError) -> Bool {
    let offset = offset
    let number = try readUInt64()
    guard number <= 1 else { throw RLPError(offset: offset, reason: .invalidValue("a flag is 0 or 1, not \(number)")) }
    return number == 1
  }
}

extension RLPWriter {
  /// Appends yes (1) or no (0).
  package mutating func append(flag: Bool) {
    append(UInt64(flag ? 1 : 0))
  }
}
