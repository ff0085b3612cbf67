import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** An ELF file whose code is compared, and the sections to look at. */
export interface Binary {
  readonly name: string;
  readonly path: string;
  readonly sections: readonly string[];
}

const LIBRARY_FOLDERS = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64"];

function firstExisting(paths: readonly string[]): string | undefined {
  return paths.find((p) => existsSync(p));
}

/** Bash, libc and libcrypto of the host, as far as they are there. */
export function hostBinaries(): Binary[] {
  const found: Binary[] = [];
  const add = (name: string, paths: readonly string[]): void => {
    const path = firstExisting(paths);
    if (path !== undefined) found.push({ name, path: realpathSync(path), sections: [".text"] });
  };
  add("bash", ["/bin/bash", "/usr/bin/bash"]);
  add(
    "libc.so.6",
    LIBRARY_FOLDERS.map((f) => join(f, "libc.so.6")),
  );
  add(
    "libcrypto",
    LIBRARY_FOLDERS.flatMap((f) => ["libcrypto.so.3", "libcrypto.so.1.1"].map((n) => join(f, n))),
  );
  return found;
}

const KERNEL_PLACES = ["/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux"];

/** Kernels: `ISG_KERNELS` (paths with colons between them), the installer's, and those in /boot. */
export function kernelImages(): string[] {
  const named = (process.env["ISG_KERNELS"] ?? "").split(":").filter((p) => p !== "");
  if (named.length > 0) return named.filter((p) => existsSync(p));
  const boot = existsSync("/boot") ? readdirSync("/boot").filter((n) => n.startsWith("vmlinuz")) : [];
  return [...KERNEL_PLACES, ...boot.map((n) => join("/boot", n))].filter((p) => existsSync(p));
}

/** Decompresses the LZ4 legacy frame that Linux uses: blocks of at most 8 MiB, each with its compressed size. */
function unpackLz4(input: Uint8Array): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const out = new Uint8Array(256 << 20);
  let to = 0;
  for (let at = 4; at + 4 <= input.length;) {
    const end = at + 4 + view.getUint32(at, true);
    at += 4;
    if (end > input.length) break;
    const extend = (n: number): number => {
      let total = n;
      if (n === 15) for (let b = 255; b === 255; total += b) b = input[at++]!;
      return total;
    };
    while (at < end) {
      const token = input[at++]!;
      const literals = extend(token >> 4);
      out.set(input.subarray(at, at + literals), to);
      at += literals;
      to += literals;
      if (at >= end) break;
      let from = to - view.getUint16(at, true);
      at += 2;
      for (let n = extend(token & 15) + 4; n > 0; n--) out[to++] = out[from++]!;
    }
  }
  return out.subarray(0, to);
}

/** Takes the ELF kernel out of a bzImage (Linux boot protocol 2.08, payload_offset and payload_length) and puts it into `folder`. */
export function extractKernel(path: string, folder: string): Binary {
  const image = readFileSync(path);
  const start = ((image[0x1f1] || 4) + 1) * 512 + image.readUInt32LE(0x248);
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c) - 4);
  const magic = payload.readUInt32BE(0);
  const tool = magic === 0xfd377a58 ? "xz" : magic === 0x28b52ffd ? "zstd" : "gzip";
  const lz4 = magic === 0x02214c18;
  const elf = lz4 ? unpackLz4(payload) : execFileSync(tool, ["-dc"], { input: payload, maxBuffer: 1 << 30 });
  const out = join(folder, `${basename(path)}.elf`);
  writeFileSync(out, elf);
  return { name: path, path: out, sections: [".text", ".init.text"] };
}
