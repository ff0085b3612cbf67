import { type InitramfsEntry, createInitramfs } from "@isinglass/boot";
import { checkProgram } from "./static-elf.js";
import { ascii, concatenate } from "./text.js";

/**
 * The agent: a POSIX shell script that runs commands for the host. Its first argument is the serial line for requests and standard
 * output, the second the line for standard error. docs/sdk.md has the protocol.
 *
 * - The control line is in canonical mode, so that one read gives one line: `head` and `read` never take more than theirs.
 * - A `cat` for each stream waits for the next command already, so that a command costs one fork. Its end is the end of everybody who
 *   had the stream open, as with pipes anywhere.
 * - ^C on the control line interrupts the running command: the line is the agent's controlling terminal.
 */
export const AGENT_SCRIPT = `#!/bin/sh
# Runs commands for the program that owns this machine. See docs/sdk.md of Isinglass.
umask 022
d=/isg/run
[ -d "$d" ] && [ -w "$d" ] || { d=\${TMPDIR:-/tmp}/isg-agent-$$ && mkdir -p "$d" || exit 1; }
command -v mkfifo >/dev/null 2>&1 || {
  /bin/busybox mkdir -p "$d/bin" && /bin/busybox --install -s "$d/bin" || exit 1
  PATH=$PATH:$d/bin
}
exec 3<>"$1" || exit 1
exec 4>"$2" || exit 1
stty raw -echo -iexten icanon isig intr '^C' quit undef erase undef kill undef eof undef eol undef susp undef start undef stop undef <"$1" || exit 1
# Anything that can be written to will do for standard error.
stty raw -echo <"$2" 2>/dev/null
rm -f "$d/o" "$d/e" "$d/i"
mkfifo "$d/o" "$d/e" || exit 1
nl='
'
b=
command -v base64 >/dev/null 2>&1 && command -v head >/dev/null 2>&1 && b=base64
q=0 f=0 t= c= p= i=/dev/null

relays() {
  # Not even between fork and exec may an interrupt end them.
  trap '' INT
  # Who outlived the interrupt has the old pipes: new ones, or the next command's output would never end, and have theirs in it.
  [ -z "$p" ] || { rm -f "$d/o" "$d/e" && mkfifo "$d/o" "$d/e"; }
  p=
  cat <"$d/o" >&3 3>&- 4>&- &
  o=$!
  cat <"$d/e" >&4 3>&- 4>&- &
  e=$!
  trap '[ "$q" = 1 ] && p=1 && kill "$o" "$e" 2>/dev/null' INT
}
kills() {
  n=0
  [ -r /proc/vmstat ] && while read -r a b_; do [ "$a" = oom_kill ] && n=$b_ && break; done </proc/vmstat
}
priority() { [ -w /proc/self/oom_score_adj ] && echo "$1" >/proc/self/oom_score_adj; } 2>/dev/null
run() {
  priority -1000
  q=1
  ( priority 0; exec sh -c "$c" ) <"$i" >"$d/o" 2>"$d/e" 3>&- 4>&-
  s=$?
  # Where the command could not even begin, nobody has opened the pipes.
  : <>"$d/o" <>"$d/e"
  wait "$o"
  wait "$e"
  q=0 m=0
  if [ "$s" -ne 0 ]; then
    kills
    [ "$n" = "$k" ] || m=1
    k=$n
  fi
  printf '%s %s %s\\n' "$t" "$s" "$m" >&3
  printf '%s\\n' "$t" >&4
  relays
  [ "$i" = /dev/null ] || : >"$d/i"
  printf 'ready %s\\n' "$t" >&3
}

priority -1000
kills
k=$n
relays
printf 'isg-agent 1 %s\\n' "$b" >&3
while :; do
  IFS= read -r l <&3 || {
    f=$((f + 1))
    [ "$f" -gt 1000 ] && exit 1
    continue
  }
  f=0 a=\${l#?}
  case $l in
    T*) t=$a c= i=/dev/null ;;
    L*) c=$c$a$nl ;;
    C*) c=$c$a ;;
    X*)
      x=$(printf "$a.")
      c=$c\${x%.}
      ;;
    B*)
      i=$d/i
      head -n "$a" <&3 | base64 -d >>"$i"
      ;;
    P*)
      i=$d/i n=0
      while [ "$n" -lt "$a" ] && IFS= read -r l <&3; do
        printf "$l"
        n=$((n + 1))
      done >>"$i"
      ;;
    Q*) printf 'ready %s\\n' "$a" >&3 ;;
    R) run ;;
  esac
done
`;

/** First process of a guest that is there for the agent alone. */
const INIT_ALONE = `#!/bin/sh
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root
command -v mount >/dev/null 2>&1 || /bin/busybox --install -s /bin
mkdir -p /proc /sys /dev /tmp /root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
cd /root
command -v setsid >/dev/null 2>&1 && exec setsid sh /isg/agent /isg/control /isg/errors
exec sh /isg/agent /isg/control /isg/errors
`;

/** First process where the guest's own comes after it: the agent runs beside whatever that starts. */
const INIT_BESIDE = `#!/bin/sh
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
if command -v setsid >/dev/null 2>&1; then
  setsid sh /isg/agent /isg/control /isg/errors &
elif [ -x /bin/busybox ]; then
  /bin/busybox setsid sh /isg/agent /isg/control /isg/errors &
else
  sh /isg/agent /isg/control /isg/errors &
fi
exec /init "$@"
`;

/** First process of {@link busyboxRoot} where nothing else is asked for: a shell on the console, again whenever it ends. */
const INIT_SHELL = `#!/bin/sh
export PATH=/bin:/sbin HOME=/root TERM=xterm PS1='guest:\\w# '
/bin/busybox --install -s /bin
mkdir -p /proc /sys /dev /tmp /root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mount -t tmpfs tmp /tmp
cd /root
while :; do setsid sh -c 'exec sh -i </dev/ttyS0 >/dev/ttyS0 2>&1'; done
`;

/** Major number of ttyS*, and of ttyS1 and ttyS3 the minors (Linux, Documentation/admin-guide/devices.txt). */
const TTY_MAJOR = 4;
const CONTROL_MINOR = 65;
const ERRORS_MINOR = 67;

/** What the SDK puts before the guest's own initramfs: the agent, its two lines, and the first process. */
export function agentArchive(mode: "init" | "beside"): Uint8Array {
  const file = (path: string, text: string): InitramfsEntry => ({
    type: "file",
    path,
    mode: 0o755,
    bytes: ascii(text),
  });
  return createInitramfs([
    file("isg/agent", AGENT_SCRIPT),
    file("isg/init", mode === "init" ? INIT_ALONE : INIT_BESIDE),
    { type: "directory", path: "isg/run", mode: 0o700 },
    { type: "character-device", path: "isg/control", mode: 0o600, major: TTY_MAJOR, minor: CONTROL_MINOR },
    { type: "character-device", path: "isg/errors", mode: 0o600, major: TTY_MAJOR, minor: ERRORS_MINOR },
  ]);
}

/**
 * An initramfs that is a static busybox: all its commands in /bin, and an `/init` that gives a shell on the console.
 *
 * @param busybox the program, linked statically, such as /bin/busybox of Debian's busybox-static
 * @throws IsinglassError `ISG_MACHINE_BAD_OPTION`, `ISG_BUSYBOX_NOT_ELF`, `ISG_BUSYBOX_NOT_STATIC`
 */
export function busyboxRoot(busybox: Uint8Array): Uint8Array {
  checkProgram("busyboxRoot", busybox);
  const applets = ["sh", "mount", "mkdir", "setsid"];
  return createInitramfs([
    { type: "file", path: "bin/busybox", mode: 0o755, bytes: busybox },
    ...applets.map((name): InitramfsEntry => ({ type: "symlink", path: `bin/${name}`, target: "busybox" })),
    { type: "file", path: "init", mode: 0o755, bytes: ascii(INIT_SHELL) },
    { type: "directory", path: "dev" },
    { type: "character-device", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
    { type: "character-device", path: "dev/null", mode: 0o666, major: 1, minor: 3 },
  ]);
}

/** Archives one after the other: Linux unpacks them in turn, compressed or not, from multiples of four bytes. */
export function joinArchives(archives: readonly Uint8Array[]): Uint8Array {
  return concatenate(archives.flatMap((archive) => [archive, new Uint8Array(-archive.length & 3)]));
}
