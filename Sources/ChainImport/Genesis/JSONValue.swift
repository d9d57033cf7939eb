import Foundation

/// JSON whose shape is not known beforehand.
///
/// A number keeps its digits, up to the 38 that Foundation's `Decimal` holds; a longer one would be rounded in silence, so
/// it is refused. As a string it may have any length.
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
      let digits = "\(value)"
      guard digits.count <= Self.exactDigits else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "a number of more than \(Self.exactDigits) digits; write it as a string")
      }
      self = .number(digits)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// How many decimal digits a `Decimal` keeps.
  private static let exactDigits = 38

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
