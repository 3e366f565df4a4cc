import CSystemd
import Glibc

/// One entry of the journal from whole `FIELD=value` texts.
enum JournalEntry {
  static func send(_ fields: [String]) {
    let bytes = fields.flatMap { Array($0.utf8) }
    unsafe bytes.withUnsafeBytes { all in
      guard let start = all.baseAddress else { return }
      var offset = 0
      var vectors: [iovec] = unsafe []
      for field in fields {
        let count = field.utf8.count
        unsafe vectors.append(iovec(iov_base: UnsafeMutableRawPointer(mutating: start + offset), iov_len: count))
        offset += count
      }
      // An entry that the journal does not take is lost; there is nowhere else to say so.
      _ = unsafe sd_journal_sendv(vectors, Int32(vectors.count))
    }
  }
}
