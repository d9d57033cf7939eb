import Foundation

/// JSON whose shape is not known beforehand. Integers of any size keep their digits.
enum JSONValue: Decodable, Equatable {
  case null
  case boolean(Bool)
  /// Decimal digits.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Decimal.self) {
      self = .number("\(value)")
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// The digits of a number, or a string as it stands; nil for anything else.
  var text: String? {
    switch self {
    case .number(let text), .string(let text): text
    default: nil
    }
  }

  /// How a person would write the value, shortened.
  var summary: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .number(let text): text
    case .string(let text): "\"\(text.count > 80 ? String(text.prefix(80)) + "…" : text)\""
    case .array(let values): "an array of \(values.count)"
    case .object(let members): "an object of \(members.count)"
    }
  }
}
