// Named values of any kind, told alike to people and to programs.

import Primitives

/// A list of named values that keeps its order for people; in JSON an object.
struct Details: Encodable {
  /// One value.
  enum Value: Encodable {
    case number(UInt64)
    case flag(Bool)
    case text(String)
    case list([Value])
    case object(Details)

    static func hash(_ hash: Hash256) -> Value { .text("\(hash)") }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let value): try container.encode(value)
      case .flag(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      case .list(let values): try container.encode(values)
      case .object(let details): try container.encode(details)
      }
    }

    /// The value on one line.
    var line: String {
      switch self {
      case .number(let value): Quantity.count(value)
      case .flag(let value): value ? "yes" : "no"
      case .text(let value): value
      case .list(let values): values.map(\.line).joined(separator: ", ")
      case .object(let details): details.facts.map { "\($0.name) \($0.value.line)" }.joined(separator: ", ")
      }
    }
  }

  var facts: [(name: String, value: Value)] = []

  mutating func add(_ name: String, _ value: Value) {
    facts.append((name, value))
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    for fact in facts { try container.encode(fact.value, forKey: Name(stringValue: fact.name)) }
  }

  /// The values for people, one a line; members of a list on lines of their own when there are several.
  func render(on page: inout Page) {
    var lines: [(String, String)] = []
    for fact in facts {
      guard case .list(let values) = fact.value else {
        lines.append((fact.name, fact.value.line))
        continue
      }
      if values.isEmpty { lines.append((fact.name, "none")) }
      for (index, value) in values.enumerated() { lines.append((index == 0 ? fact.name : "", value.line)) }
    }
    page.facts(lines)
  }
}
