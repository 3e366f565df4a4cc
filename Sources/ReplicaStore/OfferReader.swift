import AgentCore

/// Reads one offer.
enum OfferReader {
  enum Reading {
    case offer(OfferMembers)
    /// Its type is one of a later upstream: it is left out, the title stays.
    case later
    case wrong
  }

  static func read(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(JSONFault) -> Reading {
    guard try cursor.kind(bytes) == .object else {
      try cursor.skip(bytes)
      return .wrong
    }
    var draft = Draft()
    try cursor.object(bytes) { (cursor, name) throws(JSONFault) in try draft.take(name, &cursor, bytes) }
    guard draft.isReadable, draft.hasType, draft.hasLink else { return .wrong }
    return draft.isLater ? .later : .offer(draft.offer)
  }

  private struct Draft {
    var offer = OfferMembers()
    var isReadable = true
    var hasType = false
    var hasLink = false
    var isLater = false

    mutating func take(
      _ name: JSONCursor.Text, _ cursor: inout JSONCursor, _ bytes: Span<UInt8>
    ) throws(JSONFault) {
      let isRight: Bool
      if name.equals("type", bytes) {
        let isFirst = !hasType
        let isType = try takeType(&cursor, bytes)
        isRight = isFirst && isType
      } else if name.equals("link", bytes) {
        let link = try cursor.text(bytes, max: StoreLimits.linkBytes)
        isRight = !hasLink && link.store { offer.link = $0 }
        hasLink = true
      } else if name.equals("video_link", bytes) {
        isRight = try cursor.text(bytes, max: StoreLimits.linkBytes).storeOptional { offer.videoLink = $0 }
      } else if name.equals("quality", bytes) {
        isRight = try cursor.text(bytes, max: StoreLimits.wordBytes).storeOptional { text in
          // One of a later upstream promises nothing that could be kept.
          offer.quality = text?.string(bytes).flatMap { Offer.Quality(rawValue: $0) }
        }
      } else if name.equals("available_since", bytes) {
        isRight = try takeInstant(&cursor, bytes) { offer.availableSince = $0 }
      } else if name.equals("expires_on", bytes) {
        isRight = try takeInstant(&cursor, bytes) { offer.expiresOn = $0 }
      } else if name.equals("price", bytes) {
        isRight = try takePrice(&cursor, bytes)
      } else {
        try cursor.skip(bytes)
        isRight = true
      }
      isReadable = isReadable && isRight
    }

    private mutating func takeType(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(JSONFault) -> Bool {
      guard case .value(let text) = try cursor.text(bytes, max: StoreLimits.wordBytes) else { return false }
      hasType = true
      if let access = text.string(bytes).flatMap({ Offer.Access(rawValue: $0) }) {
        offer.type = access
      } else {
        isLater = true
      }
      return true
    }

    private func takeInstant(
      _ cursor: inout JSONCursor, _ bytes: Span<UInt8>, _ store: (WallTime?) -> Void
    ) throws(JSONFault) -> Bool {
      let text = try cursor.text(bytes, max: StoreLimits.wordBytes)
      guard case .value(let string) = text else { return text.isAbsent }
      let instant = string.string(bytes).flatMap { WallTime($0) }
      store(instant)
      return instant != nil
    }

    private mutating func takePrice(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(JSONFault) -> Bool {
      let kind = try cursor.kind(bytes)
      guard kind == .object else {
        try cursor.skip(bytes)
        return kind == .null
      }
      var amount: String?
      var currency: String?
      try cursor.object(bytes) { (cursor, name) throws(JSONFault) in
        if name.equals("amount", bytes) {
          _ = try cursor.text(bytes, max: StoreLimits.wordBytes).store { amount = $0.string(bytes) }
        } else if name.equals("currency", bytes) {
          _ = try cursor.text(bytes, max: StoreLimits.wordBytes).store { currency = $0.string(bytes) }
        } else {
          try cursor.skip(bytes)
        }
      }
      offer.price = amount.flatMap { amount in currency.map { Offer.Price(amount: amount, currency: $0) } }
      return offer.price != nil
    }
  }
}
