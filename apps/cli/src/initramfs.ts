import { type InitramfsEntry, createInitramfs } from "@isinglass/boot";

/** Names under which busybox is reached before it has installed its own links. */
const LINKS = ["sh", "mount", "mkdir", "cat", "uname", "poweroff", "reboot", "halt", "chmod", "tr", "insmod", "stty"];

/**
 * First process of the guest. `isg.run=…` on the kernel command line (words separated by commas) is run instead of a shell; either
 * way the machine is powered off at the end.
 */
const INIT = `#!/bin/sh
export PATH=/bin:/sbin HOME=/root
mkdir -p /proc /sys /dev /tmp /root /run
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mount -t tmpfs tmp /tmp
/bin/busybox --install -s /bin 2>/dev/null
exec </dev/console >/dev/console 2>&1
for module in /lib/modules/*; do insmod "$module" 2>/dev/null; done
rows= columns= run= TERM=vt100
for word in $(cat /proc/cmdline); do
  case $word in
    isg.rows=*) rows=\${word#isg.rows=} ;;
    isg.columns=*) columns=\${word#isg.columns=} ;;
    isg.term=*) TERM=\${word#isg.term=} ;;
    isg.run=*) run=\${word#isg.run=} ;;
  esac
done
[ -n "$rows" ] && stty rows "$rows" cols "$columns"
cd /root
if [ -n "$run" ]; then
  echo "@isg begin"
  IFS=,
  for part in $run; do IFS=' '; sh -c "$(echo "$part" | tr '+' ' ')"; done
  echo "@isg end"
  poweroff -f
fi

# A person at the terminal: busybox's init, so that poweroff, reboot and halt do what they do elsewhere.
tty=
for word in $(cat /sys/class/tty/console/active); do tty=$word; done
mkdir -p /etc
echo 'root:x:0:0:root:/root:/bin/sh' >/etc/passwd
echo "$tty::once:/etc/session" >/etc/inittab
cat >/etc/session <<END
#!/bin/sh
export HOME=/root TERM=$TERM PS1='debian:\\w# '
cd
echo
echo "Debian's kernel under Isinglass. poweroff ends the machine, Ctrl-A x leaves it."
sh -i
poweroff
END
chmod +x /etc/session
exec /bin/busybox init
`;

/** The initramfs of `isg boot debian`: a static busybox, an init script, and kernel modules that it loads in this order. */
export function busyboxInitramfs(busybox: Uint8Array, modules: readonly Uint8Array[]): Uint8Array {
  const entries: InitramfsEntry[] = [
    { type: "file", path: "init", mode: 0o755, bytes: new TextEncoder().encode(INIT) },
    { type: "file", path: "bin/busybox", mode: 0o755, bytes: busybox },
    ...LINKS.map((name): InitramfsEntry => ({ type: "symlink", path: `bin/${name}`, target: "busybox" })),
    // Names that sort in the order of loading.
    ...modules.map((bytes, i): InitramfsEntry => ({ type: "file", path: `lib/modules/${i}.ko`, mode: 0o644, bytes })),
    { type: "directory", path: "mnt" },
    { type: "directory", path: "dev" },
    { type: "character-device", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
    { type: "character-device", path: "dev/null", mode: 0o666, major: 1, minor: 3 },
  ];
  return createInitramfs(entries);
}
