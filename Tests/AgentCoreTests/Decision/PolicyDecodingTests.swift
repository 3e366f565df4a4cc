import AgentCore
import FoundationEssentials
import Testing

/// The document's validation (`spec/policy.md` §1): what is taken, what is refused and at which member.
@Suite struct PolicyDecodingTests {
  /// A whole document around the given members; a member given here replaces the one of the same name.
  private func document(_ members: [String: String] = [:], profile: [String: String] = [:]) -> String {
    let whole = ["id": #""mia""#, "name": #""Mia""#, "kind": #""child""#].merging(profile) { $1 }
    let required = [
      "schema": "1", "family": #""f_1""#, "version": "3", "issued_at": #""2026-11-24T20:00:00Z""#,
      "time_zone": #""America/New_York""#, "region": #""US""#, "profiles": "[\(object(whole))]",
    ]
    return object(required.merging(members) { $1 })
  }

  private func object(_ members: [String: String]) -> String {
    "{" + members.filter { $0.value != "absent" }.map { "\"\($0.key)\":\($0.value)" }.sorted().joined(separator: ",")
      + "}"
  }

  private func refusedMember(_ text: String) -> String? {
    do {
      _ = try decodeJSON(Policy.self, text)
      return nil
    } catch {
      return jsonPointer(of: error) ?? "another error: \(error)"
    }
  }

  @Test func decode_minimalDocument_takesDefaults() throws {
    let policy = try decodeJSON(Policy.self, document())
    #expect(
      policy
        == Policy(
          family: "f_1", version: 3, issuedAt: try at("2026-11-24T20:00:00Z"), timeZone: "America/New_York",
          region: "US", profiles: [Profile(id: "mia", name: "Mia", kind: .child)]))
    #expect(policy.staleAfterSeconds == 2_592_000)
    #expect(policy.offlineMinutes == 60)
  }

  @Test func decode_wholeDocument_readsEveryMember() throws {
    let profile = [
      "pin": #"{"n":16384,"r":8,"p":1,"salt":"c2FsdA","hash":"aGFzaA"}"#,
      "pause": #"{"until":"2026-11-24T21:00:00.5Z","message":"Dinner"}"#,
      "maturity": #"{"max_age":10,"unrated":"ask"}"#,
      "titles": #"{"mode":"listed","allow":["tmdb:tv:1399/1/3"],"block":["youtube:movie:a-_9"]}"#,
      "genres": #"{"block":["Horror"]}"#, "descriptors": #"{"block":["Gore"]}"#,
      "apps": #"{"mode":"listed","allow":["netflix"],"block":["hulu"],"limits":{"netflix":45}}"#,
      "schedule": #"{"mon":[["15:30","20:30"],["21:00","24:00"]],"sun":[],"holiday":1}"#,
      "budget": #"{"tue":0,"sun":1440}"#, "purchases": "true",
      "grants": #"""
      [{"id":"a","from":"2026-11-24T20:00:00Z","until":"2026-11-24T21:00:00Z","kind":"time","minutes":30},
       {"id":"b","from":"2026-11-24T20:00:00Z","until":"2026-11-24T21:00:00Z","kind":"window"},
       {"id":"c","from":"2026-11-24T20:00:00Z","until":"2026-11-24T21:00:00Z","kind":"title","title":"tmdb:movie:603"}]
      """#,
    ]
    let members = [
      "time_zone_rule": #""EST5EDT,M3.2.0,M11.1.0""#, "stale_after_s": "60", "when_stale": #""restrict""#,
      "pause": #"{"until":null,"message":""}"#, "requests": #"{"titles":false}"#, "default_profile": #""mia""#,
      "offline_minutes": "0", "services": #"["netflix","disney"]"#, "colour": #"{"deep":[1,2]}"#,
    ]
    let policy = try decodeJSON(Policy.self, document(members, profile: profile))
    #expect(policy.timeZoneRule == "EST5EDT,M3.2.0,M11.1.0")
    #expect((policy.staleAfterSeconds, policy.whenStale, policy.offlineMinutes) == (60, .restrict, 0))
    #expect(policy.pause == Policy.Pause(until: nil, message: ""))
    #expect(policy.requests == Policy.Requests(titles: false, time: true))
    #expect(policy.services == ["netflix", "disney"])
    #expect(policy.defaultProfile == nil, "a profile with a PIN is no default")
    let mia = try #require(policy.profiles.first)
    let (from, until) = (try at("2026-11-24T20:00:00Z"), try at("2026-11-24T21:00:00Z"))
    #expect(mia.pin == Profile.PINVerifier(n: 16_384, r: 8, p: 1, salt: "c2FsdA", hash: "aGFzaA"))
    #expect(mia.pause == Policy.Pause(until: until + 1, message: "Dinner"))
    #expect(mia.maturity == Profile.Maturity(maxAge: 10, unrated: .ask))
    #expect(
      mia.titles
        == Profile.TitleRules(
          mode: .listed, allow: [try title("tmdb:tv:1399/1/3")], block: [try title("youtube:movie:a-_9")]))
    #expect((mia.blockedGenres, mia.blockedDescriptors) == (["Horror"], ["Gore"]))
    #expect(
      mia.apps == Profile.AppRules(mode: .listed, allow: ["netflix"], block: ["hulu"], limits: ["netflix": 45]))
    let monday = [Profile.Window(start: 930, end: 1_230), Profile.Window(start: 1_260, end: 1_440)]
    #expect(mia.schedule == Profile.Schedule(days: [monday, nil, nil, nil, nil, nil, []]))
    #expect(mia.budget == Profile.Budget(days: [nil, 0, nil, nil, nil, nil, 1_440]))
    #expect(mia.purchases)
    #expect(
      mia.grants == [
        Profile.Grant(id: "a", from: from, until: until, kind: .time(minutes: 30)),
        Profile.Grant(id: "b", from: from, until: until, kind: .window),
        Profile.Grant(id: "c", from: from, until: until, kind: .title(try title("tmdb:movie:603"))),
      ])
  }

  @Test(arguments: [(#""mia""#, "mia"), (#""nobody""#, nil), ("null", nil)])
  func decode_defaultProfile_countsOnlyWhereUsable(given: String, expected: String?) throws {
    #expect(try decodeJSON(Policy.self, document(["default_profile": given])).defaultProfile == expected)
  }

  @Test(arguments: ["pause", "default_profile"])
  func decode_nullWhereTheSpecificationNamesIt_isTaken(member: String) throws {
    #expect(refusedMember(document([member: "null"])) == nil)
  }

  @Test(arguments: ["pin", "pause", "maturity", "schedule", "budget"])
  func decode_nullOfAProfileWhereTheSpecificationNamesIt_isTaken(member: String) throws {
    #expect(refusedMember(document(profile: [member: "null"])) == nil)
  }

  @Test(arguments: [
    ("schema", "absent"), ("schema", "2"), ("schema", #""1""#), ("schema", "null"), ("family", "absent"),
    ("family", "1"), ("version", "absent"), ("version", "0"), ("version", "1.5"), ("version", "1e30"),
    ("version", "true"), ("issued_at", "absent"), ("issued_at", #""2026-11-24T20:00:00+00:00""#),
    ("issued_at", #""2026-02-30T20:00:00Z""#), ("time_zone", "absent"), ("time_zone", #""""#), ("time_zone", "null"),
    ("time_zone_rule", #""EST""#), ("time_zone_rule", "null"), ("region", "absent"), ("region", #""us""#),
    ("region", #""USA""#), ("stale_after_s", #""1""#), ("stale_after_s", "null"), ("stale_after_s", "0.5"),
    ("when_stale", #""never""#),
    ("pause", "true"), ("pause/until", #"{"message":""}"#), ("pause/until", #"{"until":"soon","message":""}"#),
    ("pause/message", #"{"until":null}"#), ("requests", "null"), ("requests/time", #"{"time":1}"#),
    ("default_profile", "1"), ("offline_minutes", "1441"), ("offline_minutes", "-1"), ("services", "null"),
    ("services", "{}"), ("services/1", #"["netflix",null]"#), ("profiles", "absent"), ("profiles", "[]"),
    ("profiles", "{}"), ("profiles/0", "[1]"), ("profiles/0/id", "[{}]"),
    ("profiles/1/id", #"[{"id":"a","name":"A","kind":"teen"},{"id":"a","name":"B","kind":"adult"}]"#),
  ])
  func decode_badMember_isRefusedByItsPath(path: String, value: String) {
    let name = path.split(separator: "/").first.map(String.init) ?? path
    #expect(refusedMember(document([name: value])) == "/" + path)
  }

  @Test(arguments: [
    ("name", "absent"), ("kind", "absent"), ("kind", #""baby""#), ("purchases", #""yes""#), ("purchases", "null"),
    ("pin", #""1234""#), ("pin/n", #"{"n":16383,"r":8,"p":1,"salt":"c2Fs","hash":"c2Fs"}"#),
    ("pin/n", #"{"n":65536,"r":8,"p":1,"salt":"c2Fs","hash":"c2Fs"}"#),
    ("pin/n", #"{"n":1,"r":8,"p":1,"salt":"c2Fs","hash":"c2Fs"}"#),
    ("pin/n", #"{"n":-9223372036854775808,"r":8,"p":1,"salt":"c2Fs","hash":"c2Fs"}"#),
    ("pin/r", #"{"n":2,"r":9,"p":1,"salt":"c2Fs","hash":"c2Fs"}"#),
    ("pin/p", #"{"n":2,"r":8,"p":0,"salt":"c2Fs","hash":"c2Fs"}"#),
    ("pin/salt", #"{"n":2,"r":8,"p":1,"salt":"c2=","hash":"c2Fs"}"#),
    ("pin/hash", #"{"n":2,"r":8,"p":1,"salt":"c2Fs","hash":"c2+s"}"#),
    ("pin/hash", #"{"n":2,"r":8,"p":1,"salt":"c2Fs"}"#),
    ("pause/until", #"{"message":"x"}"#), ("maturity/max_age", #"{"unrated":"ask"}"#),
    ("maturity/unrated", #"{"max_age":1}"#), ("maturity/unrated", #"{"max_age":1,"unrated":"no"}"#),
    ("titles", "null"), ("titles/mode", #"{"mode":"none"}"#), ("titles/allow", #"{"allow":"tmdb:tv:1"}"#),
    ("titles/allow/1", #"{"allow":["tmdb:tv:1","603"]}"#), ("titles/block/0", #"{"block":["3sat:movie:1"]}"#),
    ("genres/block/0", #"{"block":[1]}"#), ("descriptors", "[]"), ("apps/mode", #"{"mode":1}"#),
    ("apps/limits", #"{"limits":[]}"#), ("apps/limits", #"{"limits":null}"#),
    ("apps/limits/net~flix", #"{"limits":{"net~flix":1441}}"#),
    ("apps/limits/hulu", #"{"limits":{"hulu":null}}"#), ("schedule", "[]"), ("schedule/mon", #"{"mon":null}"#),
    ("schedule/fri/0", #"{"fri":[["22:00","06:00"]]}"#), ("schedule/fri/1", #"{"fri":[["01:00","02:00"],["03:00"]]}"#),
    ("schedule/fri/0", #"{"fri":[["01:00","02:00","03:00"]]}"#), ("schedule/fri/0", #"{"fri":[["01:00","01:00"]]}"#),
    ("schedule/sat/0/0", #"{"sat":[["1:00","02:00"]]}"#), ("schedule/sat/0/1", #"{"sat":[["01:00","24:01"]]}"#),
    ("schedule/sat/0/1", #"{"sat":[["01:00",120]]}"#), ("budget/mon", #"{"mon":1441}"#),
    ("budget/mon", #"{"mon":1.5}"#),
    ("apps/limits/hulu", #"{"limits":{"hulu":1e99}}"#), ("maturity/max_age", #"{"max_age":9.5,"unrated":"ask"}"#),
    ("budget/sun", #"{"sun":null}"#), ("grants", "null"), ("grants/0/kind", "[{}]"),
    ("grants/0/kind", #"[{"id":"a","from":"2026-11-24T20:00:00Z","until":"2026-11-24T20:00:00Z","kind":"gift"}]"#),
    ("grants/0/minutes", #"[{"id":"a","from":"2026-11-24T20:00:00Z","until":"2026-11-24T20:00:00Z","kind":"time"}]"#),
    ("grants/0/from", #"[{"id":"a","until":"2026-11-24T20:00:00Z","kind":"window"}]"#),
    ("grants/0/id", #"[{"from":"2026-11-24T20:00:00Z","until":"2026-11-24T20:00:00Z","kind":"window"}]"#),
    (
      "grants/0/title",
      #"[{"id":"a","from":"2026-11-24T20:00:00Z","until":"2026-11-24T20:00:00Z","kind":"title","title":"x"}]"#
    ),
  ])
  func decode_badMemberOfAProfile_isRefusedByItsPath(path: String, value: String) {
    let name = path.split(separator: "/").first.map(String.init) ?? path
    #expect(refusedMember(document(profile: [name: value])) == "/profiles/0/" + path)
  }

  /// Where the vectors are absent this shows as skipped.
  @Test(.enabled(if: SharedFolder.isPresent, "needs shared/vectors beside the project"))
  func decode_invalidEnvelopesOfTheVectors_areRefusedByTheirPath() throws {
    struct File: Decodable { var cases: [Case] }
    struct Case: Decodable {
      var name: String
      /// Null where a text that long is given in pieces.
      var envelope: String?
      var expect: String
      var path: String?
    }
    let file = try JSONDecoder().decode(File.self, from: Data(SharedFolder.bytes("vectors/wire/envelopes.json")))
    // The zone's name is looked up by the shell, and `prev` belongs to the envelope.
    let elsewhere: Set<String?> = ["/time_zone", "/prev"]
    var checked = 0
    for item in file.cases where ["accept", "invalid"].contains(item.expect) && !elsewhere.contains(item.path) {
      guard let payload = item.envelope.flatMap(payload(of:)) else { continue }
      #expect(refusedMember(payload) == item.path, "\(item.name)")
      checked += 1
    }
    #expect(checked >= 30)
  }

  private func payload(of envelope: String) -> String? {
    let parts = envelope.split(separator: ".")
    guard parts.count == 3 else { return nil }
    var text = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
    text += String(repeating: "=", count: (4 - text.count % 4) % 4)
    return Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self) }
  }
}
