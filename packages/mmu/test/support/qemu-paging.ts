import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A case for test/oracle/paging.c; the numbers are those of its `struct test`. */
export interface PagingCase {
  /** 1: 32-bit, 2: PAE, 3: 4-level, 4: 5-level. */
  mode: number;
  bits: number;
  kind: number;
  who: number;
  pkru: number;
  /** PML5E, PML4E, PDPTE, PDE, PTE; what a mode has not is 0. */
  entries: bigint[];
}

export interface PagingResult {
  /** 3 for an access that went through, 14 for a page fault. */
  vector: number;
  error: number;
  entries: bigint[];
}

export const CASE_WP = 1;
export const CASE_PSE = 2;
export const CASE_PGE = 4;
export const CASE_SMEP = 8;
export const CASE_SMAP = 16;
export const CASE_PKE = 32;
export const CASE_NXE = 64;
export const CASE_USER = 1;
export const CASE_AC = 2;

/** Linear addresses that the guest tests, by mode. */
export const CASE_ADDRESS: readonly bigint[] = [
  0n,
  0x8121_1000n,
  0x8121_1000n,
  0x8121_1000n + (1n << 39n),
  0x8121_1000n + (1n << 48n) + (1n << 39n),
];

const BYTES = 48;
const FLAGS =
  "-O1 -ffreestanding -nostdlib -static -fno-pie -no-pie -mgeneral-regs-only -mno-red-zone -fcf-protection=none " +
  "-fno-stack-protector -fno-asynchronous-unwind-tables -Wl,--build-id=none -Wl,-Ttext=0x101000 " +
  "-Wl,--section-start=.multiboot=0x100000 -Wl,-z,max-page-size=0x1000 -Wl,-e,start";

/** Runs cases of one mode in QEMU's emulated CPU. Needs gcc, objcopy and qemu-system-x86_64. */
export function runInQemu(cases: readonly PagingCase[], accelerator: string): PagingResult[] {
  const folder = mkdtempSync(join(tmpdir(), "isg-paging-"));
  try {
    const source = fileURLToPath(new URL("../oracle/paging.c", import.meta.url));
    const guest = join(folder, "guest.elf");
    const wide = cases[0]!.mode >= 3;
    execFileSync("gcc", [wide ? "-m64" : "-m32", ...FLAGS.split(" "), source, "-o", guest], { stdio: "pipe" });
    // A multiboot loader takes 32-bit files only; the code in it starts in 32-bit mode anyway.
    if (wide) execFileSync("objcopy", ["-O", "elf32-i386", guest], { stdio: "pipe" });

    const file = join(folder, "cases.bin");
    writeFileSync(file, encode(cases));
    const output = join(folder, "results.bin");
    const options = [
      "-nodefaults -no-user-config -display none -no-reboot -m 128",
      accelerator,
      "-device isa-debug-exit,iobase=0xf4",
    ];
    const run = spawnSync(
      "qemu-system-x86_64",
      [
        ...options.join(" ").split(" "),
        "-chardev",
        `file,id=out,path=${output}`,
        "-device",
        "isa-debugcon,iobase=0xe9,chardev=out",
        "-kernel",
        guest,
        "-device",
        `loader,file=${file},addr=0x2000000,force-raw=on`,
      ],
      { timeout: 120_000, encoding: "utf8" },
    );
    const bytes = readFileSync(output);
    if (run.status !== 1 || bytes.length !== cases.length * BYTES) {
      throw new Error(`QEMU ended with ${run.status} after ${bytes.length / BYTES} of ${cases.length}: ${run.stderr}`);
    }
    return cases.map((_, i) => ({
      error: bytes.readUInt16LE(i * BYTES),
      vector: bytes.readUInt16LE(i * BYTES + 2),
      entries: [0, 1, 2, 3, 4].map((n) => bytes.readBigUInt64LE(i * BYTES + 8 + 8 * n)),
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function encode(cases: readonly PagingCase[]): Buffer {
  const buffer = Buffer.alloc(8 + cases.length * BYTES);
  buffer.writeUInt32LE(cases.length, 0);
  buffer.writeUInt32LE(cases[0]!.mode === 4 ? 1 : 0, 4);
  cases.forEach((c, i) => {
    const at = 8 + i * BYTES;
    [c.mode, c.bits, c.kind, c.who].forEach((value, n) => buffer.writeUInt8(value, at + n));
    buffer.writeUInt32LE(c.pkru >>> 0, at + 4);
    c.entries.forEach((entry, n) => buffer.writeBigUInt64LE(entry, at + 8 + 8 * n));
  });
  return buffer;
}
