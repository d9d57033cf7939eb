package import Primitives

/// Position 0 of a ledger: everything that replay needs besides what L1 says later.
package struct ChainConfigured: EventPayload {
  package static var kind: EventKind { .chainConfigured }

  package var configuration: ChainConfiguration

  package init(configuration: ChainConfiguration) {
    self.configuration = configuration
  }

  package init(fields: inout RLPReader) throws(RLPError) {
    configuration = try ChainConfiguration(&fields)
  }

  package func append(to fields: inout RLPWriter) {
    configuration.append(to: &fields)
  }
}
