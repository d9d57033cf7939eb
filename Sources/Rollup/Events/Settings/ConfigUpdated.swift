package import Primitives

/// A setting of the rollup was changed. It holds from its L1 block on: for every L2 block whose origin is that block or
/// a later one.
package struct ConfigUpdated: EventPayload {
  package static var kind: EventKind { .configUpdated }

  package var update: ConfigUpdate

  package init(update: ConfigUpdate) {
    self.update = update
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    update = try ConfigUpdate(&fields)
  }

  package func append(to fields: inout RLPWriter) {
    update.append(to: &fields)
  }
}
