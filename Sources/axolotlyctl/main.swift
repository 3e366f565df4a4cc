import Glibc

exit(Axolotlyctl.run(Array(CommandLine.arguments.dropFirst())))
