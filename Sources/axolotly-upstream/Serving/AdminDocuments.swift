import AgentCore
import UpstreamCore

/// The documents of `/v1/admin`, as the server writes and the commands read them.
enum AdminDocuments {
  struct NewFamily: Codable, Sendable {
    var name: String
    var id: String?
  }

  struct CreatedFamily: Codable, Sendable {
    var family: String
    var name: String
    /// What a parent signs in with on the verification page; shown this once.
    var parent_code: String
  }

  struct FamilyLine: Codable, Sendable {
    var family: String
    var name: String
    var devices: Int
    var policy: Int?
  }

  struct FamilyList: Codable, Sendable { var families: [FamilyLine] }

  struct FamilyDetail: Codable, Sendable {
    var family: String
    var name: String
    var policy: Int?
    var devices: [DeviceLine]
    var requests: [RequestLine]
  }

  struct DeviceLine: Codable, Sendable {
    var device: String
    var state: String
    var model: String
    var host: String
    var agent: String
    var paired_at: WallTime
    var last_request_at: WallTime?
    /// The policy that the box says it enforces, and since when.
    var policy: Int?
    var policy_applied_at: WallTime?
    var refused: StateReport.Refused?
    var shelves: [StateReport.Shelf]
    var health: [DeviceReport.Health]
    var usage: UsagePosition
  }

  struct DeviceList: Codable, Sendable { var devices: [DeviceLine] }

  struct RequestLine: Codable, Sendable {
    var request: String
    var profile: String
    var title: TitleReference?
    var minutes: Int?
    var at: WallTime
    var granted: Bool?
  }

  struct PolicyVersion: Codable, Sendable {
    var version: Int
    /// When the change began to be made, milliseconds since 1970.
    var at_ms: Int64
  }

  struct PairingOffer: Codable, Sendable {
    var code: String
    var expires_at: WallTime
  }

  struct Approval: Codable, Sendable { var family: String }
  struct Approved: Codable, Sendable {
    var family: String
    var device: String
  }

  struct NewCommand: Codable, Sendable {
    var name: String
    var args: [String: DeviceCommand.Argument]?
  }
  struct Decision: Codable, Sendable {
    var granted: Bool
    /// With a yes: other minutes than those that were asked for.
    var minutes: Int?
  }

  struct RequestList: Codable, Sendable { var requests: [RequestLine] }

  /// A family's usage as a parent sees it.
  struct Usage: Codable, Sendable {
    var sessions: [Session]
    var days: [Day]
    var denied: [Denied]

    struct Session: Codable, Sendable {
      var device: String
      var profile: String?
      var title: TitleReference?
      var name: String?
      var app: String?
      var started_at: WallTime?
      var seconds: Int64
      var minutes: Double
      var ended: Bool
      var reason: String?
    }

    struct Day: Codable, Sendable {
      var profile: String
      var date: CalendarDate
      var seconds: Int64
      var minutes: Double
    }

    struct Denied: Codable, Sendable {
      var profile: String?
      var title: String?
      var name: String?
      var app: String?
      var reasons: [String]
      var count: Int
      var at: WallTime
    }
  }

  struct Shelves: Codable, Sendable { var shelves: [CatalogueStore.ShelfRow] }

  struct Import: Codable, Sendable {
    var summary: ImportSummary
    var refused: [RefusedLine]
  }

  /// A problem document as far as a command shows it.
  struct ProblemDocument: Codable, Sendable {
    var type: String?
    var title: String?
    var path: String?
  }
}
