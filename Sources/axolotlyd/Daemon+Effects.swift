import AgentCore
import Database
import LocalAPI
import ReplicaStore
import SystemdHost
import Trust
import UpstreamClient

// The core's effects, performed in their order.
extension Daemon {
  func perform(_ effect: Effect) {
    switch effect {
    case .send(let outgoing): send(outgoing)
    case .cancel(let id): transport.cancel(id)
    case .dropConnections: transport.closeIdleConnections()
    case .persist(let ticket, let changes): persist(ticket, changes)
    case .saveIdentity(let ticket, let identity): save(ticket, identity)
    case .erase: erase()
    case .shelf(let step): perform(step)
    case .launch(let session, let plan): launcher.launch(plan, session: session)
    case .stopApp(let session): launcher.stop(session: session)
    case .verifyPIN(let id, let verifier): verify(id, verifier)
    case .connectSystemBus: systemBus?.connect()
    case .readyToSleep: sleepInhibitor?.release()
    case .reply(let id, let reply): answer(id, reply)
    case .signal(let signal): emit(signal)
    case .log(let entry): write(entry)
    }
  }

  private func write(_ entry: LogEntry) {
    let level = Log.Level(rawValue: entry.level.rawValue) ?? .info
    log.write(level, entry.message, entry.facts.map { ($0.key, $0.value) })
  }

  // MARK: Storage

  private func persist(_ ticket: PersistTicket, _ changes: [JournalChange]) {
    let inbox = inbox
    journal.persist(changes) { result in
      switch result {
      case .success: inbox.post(.event(.persisted(ticket)))
      case .failure(let error):
        inbox.post(.event(.persistFailed(ticket, error.isFull ? "disk full" : error.description)))
      }
    }
  }

  private func save(_ ticket: PersistTicket, _ identity: Identity) {
    if device.identity?.device != identity.device { wire.instance = BoxInstance.hash(subject: identity.device) }
    opening.set(identity)
    let inbox = inbox
    device.save(identity) { result in
      switch result {
      case .success: inbox.post(.event(.persisted(ticket)))
      case .failure(let error): inbox.post(.event(.persistFailed(ticket, "\(error)")))
      }
    }
  }

  /// Everything private goes, what was set aside too; pairing waits for its end.
  func erase() {
    log(.warning, "erasing everything private")
    isErasing = true
    let (log, inbox, reader, journal, catalogue) = (log, inbox, reader, journal, catalogue)
    let state = configuration.state
    device.reset(mark: { try Erasure.mark(in: state) }) { identity in
      reader.release {
        catalogue.erase { replica in
          journal.erase { events in
            do {
              try identity.get()
              try replica.get()
              try events.get()
              try Erasure.removeSetAside(in: state)
              try Erasure.unmark(in: state)
            } catch {
              log(.error, "not everything is erased yet; the next start goes on", [("cause", "\(error)")])
            }
            inbox.post(.erased)
          }
        }
      }
    }
    opening.set(nil)
    wire = Self.context(of: device, trustedTime)
    titles.close()
    browseGeneration += 1
  }

  // MARK: Upstream

  private func send(_ outgoing: OutgoingRequest) {
    switch outgoing.request {
    case .usage(let epoch, let from, let maxEvents, let maxBytes):
      sendBatch(outgoing, epoch: epoch, from: from, maxEvents: maxEvents, maxBytes: maxBytes)
    case .blob(let sha256, _): dispatch(outgoing, blobFile: parts.path(of: sha256))
    case .deviceAuthorization, .deviceToken, .claim, .token, .heads, .policy, .state, .request, .unpair, .manifest:
      dispatch(outgoing)
    }
  }

  private func sendBatch(_ outgoing: OutgoingRequest, epoch: Int, from: Int, maxEvents: Int, maxBytes: Int) {
    let sender = sender
    let inbox = inbox
    journal.batch(from: from, maxEvents: maxEvents, maxBytes: maxBytes) { result in
      switch result {
      case .success(let batch?) where batch.epoch == epoch:
        sender.dispatch(outgoing, usage: UsageBatch(epoch: batch.epoch, gzip: batch.gzip), blobFile: nil)
      case .success: inbox.post(.event(.failed(outgoing.id, .local("the outbox has nothing from \(from) on"))))
      case .failure(let error): inbox.post(.event(.failed(outgoing.id, .local(error.description))))
      }
    }
  }

  private func dispatch(_ outgoing: OutgoingRequest, blobFile: String? = nil) {
    sender.dispatch(outgoing, usage: nil, blobFile: blobFile)
  }

  private var sender: Sender { Sender(transport: transport, wire: wire, openers: opening.openers, inbox: inbox) }

  // MARK: The replica

  private func perform(_ step: ShelfEffect) {
    let inbox = inbox
    switch step {
    case .begin(let job, let shelf, let version, let isSnapshot):
      shelfJobs[job] = []
      catalogue.begin(job, shelf, version: version, isSnapshot: isSnapshot) { result in
        if case .failure(let error) = result { inbox.post(.event(.shelfStep(job, .failed(error.description)))) }
      }
    case .applySnapshotPart(let job, let sha256, let count): apply(job, sha256, .snapshot(titles: count))
    case .applyDelta(let job, let sha256, let lines): apply(job, sha256, .delta(lines: lines))
    case .commit(let job, let check):
      catalogue.commit(job, check) { inbox.post(.event(.shelfCommitted(job, $0))) }
      forgetParts(of: job)
      browseGeneration += 1
    case .abandon(let job):
      catalogue.abandon(job)
      forgetParts(of: job)
    case .drop(let shelf):
      browseGeneration += 1
      catalogue.drop(shelf) { [log] result in
        if case .failure(let error) = result {
          log(.error, "a shelf cannot be dropped", [("cause", error.description)])
        }
        inbox.post(.event(.shelfDropped(shelf)))
      }
    }
  }

  private func apply(_ job: ShelfJob, _ sha256: String, _ kind: ShelfPartKind) {
    let inbox = inbox
    guard let path = parts.path(of: sha256) else {
      return inbox.append(.event(.shelfStep(job, .refused("a blob without a name"))))
    }
    shelfJobs[job, default: []].insert(sha256)
    catalogue.apply(job, partPath: path, kind: kind) { inbox.post(.event(.shelfStep(job, $0))) }
  }

  /// The files of a job are of no use once it has ended; parts that another try may need have not been applied yet.
  private func forgetParts(of job: ShelfJob) {
    for sha256 in shelfJobs.removeValue(forKey: job) ?? [] { parts.remove(sha256) }
  }
}

/// Turns outgoing requests into transfers and answers into events, on whatever thread it is called.
struct Sender: Sendable {
  let transport: HTTPTransport
  let wire: WireContext
  let openers: WireOpeners
  let inbox: Inbox

  func dispatch(_ outgoing: OutgoingRequest, usage: UsageBatch?, blobFile: String?) {
    let request: HTTPRequest
    do throws(TransportFailure) {
      request = try WireRequest.make(outgoing, wire, usage: usage, blobFile: blobFile)
    } catch {
      return inbox.post(.event(.failed(outgoing.id, error)))
    }
    let (inbox, openers) = (inbox, openers)
    transport.send(request, id: outgoing.id) { result in
      switch result.flatMap({ WireAnswer.read($0, for: outgoing.request, openers: openers) }) {
      case .success(let answer): inbox.post(.event(.answered(outgoing.id, answer)))
      case .failure(let failure): inbox.post(.event(.failed(outgoing.id, failure)))
      }
    }
  }
}
