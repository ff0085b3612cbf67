/** Any of the formats, told by how it begins. */
import type { Cpu } from "../cpu.js";
import { readCpuidRaw, readInstLatx64 } from "./cpuid-text.js";
import { readCpuinfo } from "./cpuinfo.js";
import { readJson } from "./json.js";
import { readLibvirt } from "./libvirt.js";
import { bad, shown } from "./problem.js";

/** Larger than any dump: a file that is something else is not searched through. */
const LARGEST = 16 * 1024 * 1024;

/**
 * Reads a description of a CPU: `cpuid -r`, InstLatx64, /proc/cpuinfo, libvirt's XML, QMP or Firecracker JSON.
 *
 * @param bytes the file
 * @param name what to call it in messages
 * @throws IsinglassError ISG_COMPAT_DUMP with one line that says what is wrong where
 */
export function readCpu(bytes: Uint8Array, name: string): Cpu {
  if (bytes.length > LARGEST) throw bad(name, "", `${bytes.length} bytes; no CPU dump is larger than ${LARGEST}`);
  const text = decodeText(bytes);
  const start = text.trimStart();
  if (start === "") throw bad(name, "", "the file is empty");
  if (start.startsWith("<")) return readLibvirt(start, name);
  if (start.startsWith("{") || start.startsWith("[")) return readJson(start, name);
  if (
    /^\s*(CPU( \d+)?:|0x[0-9a-f]{1,8} 0x[0-9a-f]{1,8}:)/im.test(text.slice(0, 400)) &&
    /^\s*0x/m.test(text.slice(0, 4000))
  )
    return readCpuidRaw(text, name);
  if (/^CPUID [0-9A-F]{8}:/m.test(text)) return readInstLatx64(text, name);
  if (/^(processor|vendor_id|flags)\s*:/m.test(text.slice(0, 4000))) return readCpuinfo(text, name);
  throw bad(
    name,
    "",
    `begins with ${shown(start.slice(0, 30))}: neither cpuid -r, InstLatx64, /proc/cpuinfo, libvirt XML, QMP nor Firecracker JSON`,
  );
}

/** UTF-8 or, with a byte-order mark, UTF-16 as Windows tools write it. */
function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    let text = "";
    for (let i = 2; i + 1 < bytes.length; i += 2) text += String.fromCharCode(bytes[i]! | (bytes[i + 1]! << 8));
    return text;
  }
  let text = "";
  // Dumps are ASCII: byte for byte is enough, and cannot fail.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text.replace(/\r\n/g, "\n");
}
