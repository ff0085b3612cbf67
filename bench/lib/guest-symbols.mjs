// Names for guest addresses: the kernel's from its own /proc/kallsyms, the benchmark program's from its symbol table.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { cacheFolder } from "./debian-packages.mjs";
import { reportFailure, qemu, run } from "./emulators.mjs";
import { COMMAND_LINE } from "./guest-files.mjs";

/** Lines of nm or of /proc/kallsyms as sorted [address, name]. */
function parse(text) {
  const out = [];
  for (const line of text.split("\n")) {
    const [, address, name] = /^([0-9a-f]+) [tTwW] (\S+)/.exec(line) ?? [];
    if (address !== undefined) out.push([BigInt(`0x${address}`), name]);
  }
  return out.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
}

/**
 * The kernel's functions as they lie without KASLR. A kernel's image has no names that the host could read: the kernel is asked, under QEMU, which is
 * quick, once.
 */
async function kernelSymbols(guest, program) {
  const file = join(cacheFolder(), `kallsyms-${basename(guest.kernel)}-${guest.architecture}`);
  if (!existsSync(file)) {
    const how = { ...guest, append: `${COMMAND_LINE} nokaslr kallsyms` };
    const result = await run(qemu(how, [], { program }));
    if (!result.ok) {
      reportFailure("the kernel's symbols, under QEMU", result);
      return [];
    }
    const packed = result.log.filter((line) => line.startsWith("@Z ")).map((line) => line.slice(3));
    writeFileSync(file, gunzipSync(Buffer.from(packed.join(""), "base64")));
  }
  return parse(readFileSync(file, "utf8"));
}

function programSymbols(guest) {
  const program = join(cacheFolder(), guest.architecture === "i386" ? "bench-i386" : "bench");
  return parse(execFileSync("nm", [program], { encoding: "utf8", maxBuffer: 1 << 26 }));
}

/**
 * A function from an address and a privilege level to `name+0xOFFSET`.
 *
 * @param {import("./suite-peers.mjs").SuiteGuest} guest
 * @param {boolean} inBench whether user addresses are the benchmark program's; else they are busybox's, which has no symbols
 */
export async function guestSymbols(guest, inBench) {
  const kernel = await kernelSymbols(guest, guest.architecture === "i386" ? "qemu-system-i386" : "qemu-system-x86_64");
  const user = inBench ? programSymbols(guest) : [];
  return (address, isUser) => {
    const table = isUser ? user : kernel;
    let [low, high] = [0, table.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (table[middle][0] <= address) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return "";
    const [start, name] = table[low - 1];
    return `${name}+0x${(address - start).toString(16)}`;
  };
}
