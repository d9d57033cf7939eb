public import Rollup

/// Where the bytes of a payload stand, given its length alone.
///
/// LMDB keeps a value of up to 2,022 bytes (with an 8-byte key, in a 4 KiB page) inside its B+tree; a longer one goes
/// to whole overflow pages of its own, so that one byte too many costs a page. A payload therefore stands in up to
/// three pieces, in this order: `inline`, beside the header in table `records`; `paged`, in table `chunks`, whose
/// length fills its overflow pages to the last byte wherever that saves space; `rest`, in table `chunks`, short enough
/// to stay inline there. Reading takes one, two or three values, and all of them are lent, none copied.
@frozen
@usableFromInline
package struct PayloadLayout: Equatable, Sendable {
  /// Bytes beside the record header.
  public let inline: Int

  /// Bytes in overflow pages: 4096·k − 16, or a little less where a last page is not worth splitting; 0 for none.
  public let paged: Int

  /// Bytes in a chunk short enough for the B+tree; 0 for none.
  public let rest: Int

  @inlinable
  package init(payloadLength length: Int) {
    guard length > Self.inlineLimit else {
      self.init(inline: length, paged: 0, rest: 0)
      return
    }
    let pages = (length + Self.pageHeader) / Self.pageSize
    let paged = pages == 0 ? 0 : pages * Self.pageSize - Self.pageHeader
    let left = length - paged
    if left <= Self.inlineLimit {
      self.init(inline: left, paged: paged, rest: 0)
    } else if left <= Self.inlineLimit + Self.restLimit {
      self.init(inline: Self.inlineLimit, paged: paged, rest: left - Self.inlineLimit)
    } else {
      self.init(inline: 0, paged: length, rest: 0)
    }
  }

  @inlinable
  init(inline: Int, paged: Int, rest: Int) {
    self.inline = inline
    self.paged = paged
    self.rest = rest
  }

  /// Whether table `chunks` holds part of the payload.
  @inlinable package var isChunked: Bool { paged + rest > 0 }

  /// Rows that the payload has in table `chunks`.
  @inlinable package var chunkRows: Int { (paged > 0 ? 1 : 0) + (rest > 0 ? 1 : 0) }

  /// The page size the layout is made for; the pre-flight of LMDB refuses a file with another one.
  @inlinable package static var pageSize: Int { 4096 }

  /// What LMDB keeps at the start of a run of overflow pages.
  @inlinable package static var pageHeader: Int { 16 }

  /// The longest value that LMDB keeps inline under an 8-byte key, less the record header.
  @inlinable package static var inlineLimit: Int { 2022 - RecordHeader.byteCount }

  /// The longest value that LMDB keeps inline under the 10-byte key of a chunk.
  @inlinable package static var restLimit: Int { 2020 }

  /// The longest payload of a record: 256 MiB, far above what one L1 block can carry.
  @inlinable package static var longestPayload: Int { 1 << 28 }
}
