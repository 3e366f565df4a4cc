import AppLaunch
import Glibc

// `axolotly-launch`: runs the app that the agent names on the socket of its standard input, and ends with that connection.
//
// Exit status: 0 the app has ended, or was stopped · 64 standard input brings no request of the agent's · 71 the system refused
// what it needs.
do {
  try AppSupervisor(connection: 0).run()
} catch let error as AppLaunchError {
  error.report(as: "axolotly-launch")
  exit(error.isOfRequest ? 64 : 71)
}
