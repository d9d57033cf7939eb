// JSON with stable keys, one object a line.

import Foundation

enum JSON {
  /// One line of JSON, keys sorted.
  static func line(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("a report holds only numbers, text and lists of these")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
