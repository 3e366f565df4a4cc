/// What the rating systems of the world say of a title's age (`spec/ratings.json`; `spec/policy.md` §3).
package enum RatingTable {
  /// The youngest age, in years, that a rating suits; nil where system or value is unknown. Values compare without case.
  package static func age(system: String, value: String) -> Int? {
    guard let values = systems[system] else { return nil }
    // Most catalogues write a value as its system does, and to fold it costs more than to look it up.
    return values[value] ?? foldedSystems[system]?[value.foldedForComparison]
  }

  /// The age of a title; nil where none of its ratings is known.
  ///
  /// Of the ratings of the region's own systems the strictest counts; where it has none, the strictest of all.
  package static func age(of ratings: [Rating], region: String) -> Int? {
    var (ofRegion, ofAny): (Int?, Int?) = (nil, nil)
    for rating in ratings {
      guard let age = age(system: rating.system, value: rating.value) else { continue }
      ofAny = max(ofAny ?? age, age)
      if isSystem(rating.system, of: region) { ofRegion = max(ofRegion ?? age, age) }
    }
    return ofRegion ?? ofAny
  }

  /// The part before the colon names the system's region.
  private static func isSystem(_ system: String, of region: String) -> Bool {
    let (system, region) = (system.utf8, region.utf8)
    return system.starts(with: region) && system.dropFirst(region.count).first == UInt8(ascii: ":")
  }

  /// The youngest age that each value suits, by system.
  package static let systems: [String: [String: Int]] = {
    var result: [String: [String: Int]] = [:]
    for (names, values) in table {
      let ages = Dictionary(uniqueKeysWithValues: values.map { ($0.key, $0.value) })
      for name in names { result[name] = ages }
    }
    return result
  }()

  /// As `systems`, the values folded.
  private static let foldedSystems = systems.mapValues { ages in
    Dictionary(ages.map { ($0.key.foldedForComparison, $0.value) }, uniquingKeysWith: max)
  }

  /// Systems that share their values, and the youngest age that each value suits.
  private static let table: [(names: [String], values: KeyValuePairs<String, Int>)] = [
    (["AU:movie"], ["E": 0, "G": 0, "PG": 8, "M": 15, "MA15+": 15, "R18+": 18, "X18+": 18]),
    (["AU:tv"], ["P": 0, "C": 5, "G": 0, "PG": 8, "M": 15, "MA15+": 15, "AV15+": 15, "R18+": 18]),
    (["BR:movie", "BR:tv"], ["L": 0, "10": 10, "12": 12, "14": 14, "16": 16, "18": 18]),
    (["CA:movie"], ["G": 0, "PG": 8, "14A": 14, "18A": 18, "R": 18]),
    (["CA:tv"], ["C": 0, "C8": 8, "G": 0, "PG": 8, "14+": 14, "18+": 18]),
    (["DE:movie", "DE:tv"], ["0": 0, "6": 6, "12": 12, "16": 16, "18": 18]),
    (["DK:movie", "DK:tv"], ["A": 0, "7": 7, "11": 11, "15": 15]),
    (["ES:movie", "ES:tv"], ["A": 0, "APTA": 0, "TP": 0, "7": 7, "12": 12, "16": 16, "18": 18, "X": 18]),
    (["FI:movie", "FI:tv"], ["S": 0, "K-7": 7, "K-12": 12, "K-16": 16, "K-18": 18]),
    (["FR:movie", "FR:tv"], ["U": 0, "TP": 0, "10": 10, "12": 12, "16": 16, "18": 18]),
    (["GB:movie", "GB:tv"], ["U": 0, "PG": 8, "12A": 12, "12": 12, "15": 15, "18": 18, "R18": 18]),
    (["IE:movie", "IE:tv"], ["G": 0, "PG": 8, "12A": 12, "15A": 15, "16": 16, "18": 18]),
    (["IN:movie", "IN:tv"], ["U": 0, "UA": 12, "U/A 7+": 7, "U/A 13+": 13, "U/A 16+": 16, "A": 18]),
    (["IT:movie", "IT:tv"], ["T": 0, "6+": 6, "14+": 14, "VM14": 14, "18+": 18, "VM18": 18]),
    (["JP:movie", "JP:tv"], ["G": 0, "PG12": 12, "R15+": 15, "R18+": 18]),
    (["KR:movie", "KR:tv"], ["ALL": 0, "12": 12, "15": 15, "18": 18, "19": 19, "Restricted Screening": 19]),
    (["MX:movie", "MX:tv"], ["AA": 0, "A": 0, "B": 12, "B-15": 15, "C": 18, "D": 18]),
    (["NL:movie", "NL:tv"], ["AL": 0, "6": 6, "9": 9, "12": 12, "14": 14, "16": 16, "18": 18]),
    (["NO:movie", "NO:tv"], ["A": 0, "6": 6, "9": 9, "12": 12, "15": 15, "18": 18]),
    (
      ["NZ:movie", "NZ:tv"],
      ["G": 0, "PG": 8, "M": 16, "RP13": 13, "R13": 13, "R15": 15, "RP16": 16, "R16": 16, "RP18": 18, "R18": 18]
    ),
    (["PT:movie", "PT:tv"], ["Públicos": 0, "M/3": 3, "M/6": 6, "M/12": 12, "M/14": 14, "M/16": 16, "M/18": 18]),
    (["SE:movie", "SE:tv"], ["Btl": 0, "7": 7, "11": 11, "15": 15]),
    (["US:movie"], ["G": 0, "PG": 10, "PG-13": 13, "R": 17, "NC-17": 18]),
    (["US:tv"], ["TV-Y": 0, "TV-G": 0, "TV-Y7": 7, "TV-Y7-FV": 7, "TV-PG": 10, "TV-14": 14, "TV-MA": 17]),
    (["XX:prime"], ["ALL": 0, "7+": 7, "13+": 13, "16+": 16, "18+": 18]),
  ]
}

extension String {
  /// A form in which texts that differ by case alone are equal.
  var foldedForComparison: String {
    if utf8.allSatisfy({ $0 < 0x80 && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) { return self }
    // By way of capitals, so that letters with two small forms (σ and ς, ß and ss) meet.
    return uppercased().lowercased()
  }
}
