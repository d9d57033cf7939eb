import LMDB
import Projections

/// A projection whose results another one reads, open.
struct Upstream {
  let name: String
  let version: ProjectionVersion

  /// How much is done for an upstream before a run begins.
  enum Preparation {
    /// It is brought to the head of the log, and built if there is none.
    case build
    /// It is brought to the head of the log if there is one.
    case follow
    /// It is taken as it is.
    case none
  }

  /// Lends `body` a reader of each, by name, all for as long as it runs.
  static func read<R, E: LMDBFailure>(
    _ upstreams: ArraySlice<Upstream>, _ readers: [String: any TableReader] = [:],
    _ body: ([String: any TableReader]) throws(E) -> R
  ) throws(E) -> R {
    guard let first = upstreams.first else { return try body(readers) }
    return try first.version.read { (reader: any TableReader) throws(E) in
      var readers = readers
      readers[first.name] = reader
      return try read(upstreams.dropFirst(), readers, body)
    }
  }
}

extension Projector {
  /// The live versions of the projections that this one reads, as far as they can be had: it does without those that
  /// cannot.
  func upstreams(_ preparation: Upstream.Preparation, _ options: Options) throws(ProjectionError) -> [Upstream] {
    guard options.usesUpstreams else { return [] }
    var found: [Upstream] = []
    for upstream in P.upstreams {
      if let upstream = try open(upstream, preparation, options) { found.append(upstream) }
    }
    return found
  }

  private func open<U: Projection>(
    _ upstream: U.Type, _ preparation: Upstream.Preparation, _ options: Options
  ) throws(ProjectionError) -> Upstream? {
    let projector = Projector<U>(dataDirectory: dataDirectory, log: log, storeID: storeID)
    let options = Projector<U>.Options(batchSize: options.batchSize, onProgress: options.onProgress)
    do throws(ProjectionError) {
      switch preparation {
      case .build: try projector.bringUp(options)
      case .follow: if projector.versions.live != nil { try projector.bringUp(options) }
      case .none: break
      }
    } catch .locked {
      // Another process is bringing it up: what it has serves.
    }
    do throws(ProjectionError) {
      return Upstream(name: U.name, version: try projector.openLive(.readOnly))
    } catch .notBuilt {
      return nil
    } catch .rebuildRequired {
      return nil
    }
  }

  /// Brings the live version to the head of the log, and makes one when there is none that could go on.
  package func bringUp(_ options: Options = Options()) throws(ProjectionError) {
    do throws(ProjectionError) {
      try catchUp(options)
    } catch .notBuilt {
      try rebuild(options)
    } catch .rebuildRequired {
      try rebuild(options)
    }
  }
}
