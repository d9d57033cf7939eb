import LMDB
import Primitives
package import Projections

extension Projector {
  /// Lends the rows of the live version to `body`, and where it stands, in one snapshot. What `body` cannot read is damage of
  /// the version.
  package func read<R>(
    _ body: (ProjectionView, ProjectionCursor) throws(FoldError) -> R
  ) throws(ProjectionError) -> R {
    let version = try openLive(.readOnly)
    return try version.readNewest { rows, cursor throws(ProjectionError) in
      try Self.lend(rows, of: version) { view throws(FoldError) in try body(view, cursor) }
    }
  }
}
