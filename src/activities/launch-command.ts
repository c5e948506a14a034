import { Duplex } from 'node:stream';
import { execa, type Options } from 'execa';

/**
 * Stands in for the command until the worker lets it go: by then the guard of process groups knows of it, so there is
 * no instant in which a worker may die and leave a command behind. A worker that dies first closes the gate, and the
 * command never runs. What cannot be executed is told through the gate. Like every shell it hands on only variables
 * whose names it could have set itself.
 */
const LAUNCHER = `
IFS= read -r go <&3 || exit 125
case "$1" in
  */*) [ -x "$1" ] && [ ! -d "$1" ] ;;
  *) command -v -- "$1" >/dev/null 2>&1 ;;
esac || { echo missing >&3; exit 127; }
exec "$@" 3<&-`;

const OPTIONS = {
  detached: true,
  cleanup: false,
  stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  buffer: false,
  reject: false,
  extendEnv: false,
  encoding: 'buffer',
} as const satisfies Options;

/** A command in a process group of its own that waits to be let go. */
export type LaunchedCommand = {
  readonly child: ReturnType<typeof spawn>;
  /** Lets it begin. */
  readonly letGo: () => void;
  /** True once it is known that there is no such command. */
  readonly isMissing: () => boolean;
};

type Place = { readonly cwd: string; readonly env: NodeJS.ProcessEnv };

/** Starts a command up to the point where it would begin. Its `pid` is undefined when not even that could be done. */
export function launchCommand(command: readonly string[], place: Place): LaunchedCommand {
  const child = spawn(command, place);
  let missing = false;
  const gate: unknown = child.stdio[3];
  if (!(gate instanceof Duplex)) return { child, letGo: () => undefined, isMissing: () => false };
  gate.on('data', () => {
    missing = true;
  });
  // A command that was ended before it was let go reads no more.
  gate.on('error', () => undefined);
  return { child, letGo: () => void gate.write('go\n'), isMissing: () => missing };
}

function spawn(command: readonly string[], place: Place) {
  return execa('/bin/sh', ['-c', LAUNCHER, 'sluice', ...command], { ...OPTIONS, ...place });
}
