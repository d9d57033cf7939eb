extension JSON {
  /// One of c-kzg-4844's cases, `data.yaml`: `key: value` lines, the nested ones taken as if they were not.
  init(proofCase bytes: [UInt8]) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    self = .object(
      lines.compactMap { line in
        let parts = line.split(separator: ":").map { part in
          String(part.drop { " '".contains($0) }.reversed().drop { " '".contains($0) }.reversed())
        }
        guard parts.count == 2, let key = parts.first, let value = parts.last else { return nil }
        return (key, .string(value))
      })
  }
}
